import t from 'tap'
import { jobKey } from './job-key.ts'
import { type RankInfo, type ResolvedRank, soleRank } from './rank-info.ts'

const where = { package: 'pino-rank-file', at: 'option "runDirectory"' }
const rendezvous = { MASTER_ADDR: 'node1', MASTER_PORT: '29500' }
const four: RankInfo = { rank: 3, launcher: 'torchrun', worldSize: 4, localWorldSize: 4 }
const key = (given: object) => ({ attempt: 0, isReusable: false, oneHost: true, ...given })

const keys: [name: string, rank: ResolvedRank, env: NodeJS.ProcessEnv, key: object | undefined][] = [
  ['not launched', soleRank, {}, undefined],
  ['not launched, but named', { ...soleRank, runKey: 'a' }, { RANKLOG_RUN_ID: 'a' }, key({ runKey: 'a' })],
  [
    'the only rank',
    { ...four, rank: 0, worldSize: 1, localWorldSize: 1, runKey: 'node1:29500' },
    rendezvous,
    undefined,
  ],
  ['an unknown rank', { rank: 'unknown', launcher: 'slurm' }, {}, undefined],
  ['a key of the launcher', { ...four, runKey: '5b8e' }, rendezvous, key({ runKey: '5b8e' })],
  ['a later attempt', { ...four, runKey: '5b8e', attempt: 2 }, rendezvous, key({ runKey: '5b8e', attempt: 2 })],
  [
    'only a rendezvous address',
    { ...four, runKey: 'node1:29500' },
    rendezvous,
    key({ runKey: 'node1:29500', isReusable: true }),
  ],
  [
    'a run id that looks like an address',
    { ...four, runKey: 'node1:29500' },
    { ...rendezvous, RANKLOG_RUN_ID: 'node1:29500' },
    key({ runKey: 'node1:29500' }),
  ],
  [
    'Open MPI 4',
    { ...four, runKey: '2021654529' },
    { PMIX_NAMESPACE: '2021654529' },
    key({ runKey: '2021654529', isReusable: true }),
  ],
  [
    'Open MPI 4 on several hosts',
    { ...four, localWorldSize: 2, runKey: '2021654529' },
    { PMIX_NAMESPACE: '2021654529' },
    key({ runKey: '2021654529', isReusable: true, oneHost: false }),
  ],
]

for (const [name, rank, env, expected] of keys) {
  t.test(name, async (t) => {
    t.strictSame(jobKey(rank, where, env), expected)
  })
}

const refused: [name: string, rank: ResolvedRank, env: NodeJS.ProcessEnv][] = [
  ['several ranks without a key', { rank: 0, launcher: 'hydra', worldSize: 4 }, {}],
  ['a rank of a world of unknown size', { rank: 0, launcher: 'pm2' }, {}],
  ['a rendezvous address of several hosts', { ...four, localWorldSize: 2, runKey: 'node1:29500' }, rendezvous],
  [
    'a rendezvous address of ranks on unknown hosts',
    { rank: 0, launcher: 'env', worldSize: 4, runKey: 'node1:29500' },
    rendezvous,
  ],
]

for (const [name, rank, env] of refused) {
  t.test(`refused: ${name}`, async (t) => {
    const message = /^pino-rank-file: option "runDirectory": expected a runKey .*set RANKLOG_RUN_ID/
    t.throws(() => jobKey(rank, where, env), { code: 'RANK_FIELD_MISSING', message })
  })
}
