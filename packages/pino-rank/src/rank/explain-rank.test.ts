import t from 'tap'
import { explainRank } from './detect-rank.ts'

const torchrunInSrun = {
  RANK: '1',
  WORLD_SIZE: '2',
  LOCAL_RANK: '1',
  TORCHELASTIC_RUN_ID: 'none',
  MASTER_ADDR: 'host',
  MASTER_PORT: '29500',
  SLURM_STEP_ID: '0',
  SLURM_PROCID: '0',
  SLURM_NTASKS: '1',
}

t.test('the explanation has the variables of each field, and the launchers that were not used', async (t) => {
  t.same(explainRank({ ...torchrunInSrun, PMI_RANK: '3' }), {
    launcher: 'torchrun',
    off: false,
    rank: { rank: 1, launcher: 'torchrun', worldSize: 2, localRank: 1, runKey: 'host:29500' },
    fields: {
      rank: { value: 1, variables: { RANK: '1' } },
      worldSize: { value: 2, variables: { WORLD_SIZE: '2' } },
      localRank: { value: 1, variables: { LOCAL_RANK: '1' } },
      runKey: { value: 'host:29500', variables: { MASTER_ADDR: 'host', MASTER_PORT: '29500' } },
    },
    lost: [
      { launcher: 'hydra', variables: { PMI_RANK: '3' }, missing: ['PMI_SIZE'] },
      { launcher: 'slurm', variables: { SLURM_PROCID: '0' } },
    ],
  })
})

t.test('an error comes with the fields before it', async (t) => {
  const { launcher, rank, fields, error } = explainRank({ ...torchrunInSrun, WORLD_SIZE: 'two' })
  t.equal(launcher, 'torchrun')
  t.equal(rank, undefined)
  t.same(fields, { rank: { value: 1, variables: { RANK: '1' } } })
  t.match(error, { name: 'RankError', code: 'RANK_MALFORMED' })
})

t.test('an incomplete launcher is named where none matches', async (t) => {
  t.match(explainRank({ RANK: '1' }), { launcher: 'env', error: { code: 'RANK_INCOMPLETE' }, fields: {}, lost: [] })
})

t.test('a process that was not launched has no launcher, and RANKLOG_RANK=none turns detection off', async (t) => {
  t.same(explainRank({}), { off: false, fields: {}, lost: [] })
  const { off, launcher, rank, lost } = explainRank({ ...torchrunInSrun, RANKLOG_RANK: 'none' })
  t.same([off, launcher, rank], [true, undefined, undefined])
  t.same(
    lost.map(({ launcher }) => launcher),
    ['torchrun', 'slurm'],
  )
})

t.test('a worker of node:cluster is found, also under PM2', async (t) => {
  const cluster = { worker: { id: 2 } }
  t.same(explainRank({}, { cluster }).fields.rank, { value: 1, variables: { 'cluster.worker.id': '2' } })
  t.match(explainRank({ NODE_APP_INSTANCE: '0', pm_id: '0' }, { cluster }), {
    launcher: 'pm2',
    lost: [{ launcher: 'cluster' }],
  })
})
