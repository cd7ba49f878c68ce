import t from 'tap'
import { detectRank, explainRank } from './detect-rank.ts'

const host = (SM_CURRENT_HOST: string, ...hosts: string[]) => ({ SM_CURRENT_HOST, SM_HOSTS: JSON.stringify(hosts) })
const second = host('algo-2', 'algo-1', 'algo-2')

t.test('the rank is the position of the host in the list', async (t) => {
  t.same(detectRank({ ...second, TRAINING_JOB_NAME: 'job-7' }), {
    rank: 1,
    launcher: 'sagemaker',
    worldSize: 2,
    nodeRank: 1,
    runKey: 'job-7',
  })
  t.match(detectRank(host('algo-1', 'algo-1')), { rank: 0, worldSize: 1 })
  t.match(
    detectRank(host('algo-2', 'algo-1', 'algo-10', 'algo-2')),
    { rank: 2, worldSize: 3 },
    'in the order of the list',
  )
})

t.test("SageMaker's MPI and torchrun start several ranks on each host", async (t) => {
  const mpi = { OMPI_COMM_WORLD_RANK: '3', OMPI_COMM_WORLD_SIZE: '4' }
  t.match(explainRank({ ...second, ...mpi }), {
    rank: { rank: 3, launcher: 'openmpi' },
    lost: [{ launcher: 'sagemaker' }],
  })
  const torch = { RANK: '2', WORLD_SIZE: '4', TORCHELASTIC_RUN_ID: 'none' }
  t.match(explainRank({ ...second, ...torch }), {
    rank: { rank: 2, launcher: 'torchrun' },
    lost: [{ launcher: 'sagemaker' }],
  })
  const TF_CONFIG = JSON.stringify({
    cluster: { master: ['algo-1:1'], worker: ['algo-2:1'] },
    task: { type: 'worker', index: 0 },
  })
  t.match(
    detectRank({ ...second, TF_CONFIG }),
    { rank: 1, launcher: 'tf-config' },
    'a worker and a server on each host',
  )
})

for (const [name, SM_HOSTS] of [
  ['no JSON', 'algo-1,algo-2'],
  ['no list', '{"algo-2":0}'],
  ['a list without this host', '["algo-1"]'],
  ['an empty list', '[]'],
] as const) {
  t.test(`malformed: ${name}`, async (t) => {
    t.match(explainRank({ ...second, SM_HOSTS }).error, {
      code: 'RANK_MALFORMED',
      message: /SM_CURRENT_HOST, SM_HOSTS: /,
    })
  })
}

t.test('a host without the list is incomplete', async (t) => {
  t.match(explainRank({ ...second, SM_HOSTS: '' }).error, {
    code: 'RANK_INCOMPLETE',
    message: /^pino-rank: SM_HOSTS: /,
  })
  t.equal(detectRank({ SM_HOSTS: '["algo-1"]' }), undefined)
})
