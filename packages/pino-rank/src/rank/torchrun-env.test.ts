import { readFileSync } from 'node:fs'
import t from 'tap'
import { detectRank } from './detect-rank.ts'
import { torchrunEnv, withoutRank } from './torchrun-env.ts'

t.test('detectRank finds the rank that torchrunEnv names', async (t) => {
  t.same(detectRank(torchrunEnv(5, { worldSize: 8, localWorldSize: 4, runId: 'job', attempt: 2 })), {
    rank: 5,
    launcher: 'torchrun',
    worldSize: 8,
    localRank: 1,
    localWorldSize: 4,
    nodeRank: 1,
    attempt: 2,
    runKey: 'job',
  })
})

t.test('a job of one node needs its world size only', async (t) => {
  const env = torchrunEnv(1, { worldSize: 2, masterPort: '7' })
  t.match(detectRank(env), { rank: 1, localRank: 1, localWorldSize: 2, nodeRank: 0, attempt: 0, runKey: '127.0.0.1:7' })
  t.notOk('TORCHELASTIC_ERROR_FILE' in env)
  const standard = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29500', TORCHELASTIC_RUN_ID: 'none' }
  t.match(torchrunEnv(0, { worldSize: 1 }), { ...standard, TORCHELASTIC_MAX_RESTARTS: '0' }, 'as torchrun sets them')
  t.match(torchrunEnv(0, { worldSize: 1, errorFile: '/e' }), { TORCHELASTIC_ERROR_FILE: '/e' })
})

t.test('a process that `ranklog run` starts is not taken for one of torchrun', async (t) => {
  const env = { ...torchrunEnv(1, { worldSize: 2, runId: 'job' }), RANKLOG_RUN_ID: 'job', RANKLOG_CAUSE_FILE: '/cause' }
  t.equal(detectRank(env)?.launcher, 'ranklog run')
  t.equal(detectRank({ ...env, TORCHELASTIC_USE_AGENT_STORE: 'True' })?.launcher, 'torchrun')
})

t.test('the variables are those of a real torchrun job of two nodes', async (t) => {
  const captured = readFileSync(new URL('../../fixtures/env/torchrun-2x2.json', import.meta.url), 'utf8')
  for (const env of JSON.parse(captured).env_by_process as NodeJS.ProcessEnv[]) {
    const own = torchrunEnv(Number(env.RANK), {
      worldSize: 4,
      localWorldSize: 2,
      masterAddr: env.MASTER_ADDR,
      masterPort: env.MASTER_PORT,
      errorFile: env.TORCHELASTIC_ERROR_FILE,
      runId: env.TORCHELASTIC_RUN_ID,
    })
    t.match(env, own, `rank ${env.RANK}`)
  }
})

t.test('withoutRank removes what names a rank, and nothing else', async (t) => {
  const others = { PATH: '/bin', RANKLOG_RUN_ID: 'job', MASTER_ADDR: 'h', SLURM_PROCID: '3' }
  const own = { RANKLOG_RANK: '1', RANKLOG_WORLD_SIZE: '2', RANKLOG_LOCAL_RANK: '1', RANKLOG_LOCAL_WORLD_SIZE: '2' }
  const counts = { RANKLOG_NODE_RANK: '0', RANKLOG_ATTEMPT: '1', TORCHELASTIC_RESTART_COUNT: '1' }
  t.strictSame(withoutRank({ ...others, ...own, ...counts }), others)
})
