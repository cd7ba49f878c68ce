import t from 'tap'
import { detectRank, explainRank } from './detect-rank.ts'

const cluster = { chief: ['a:1'], worker: ['b:1', 'c:1'], ps: ['d:1'] }
const workers = { worker: ['b:1', 'c:1', 'd:1'] }

const at = (cluster: unknown, type?: unknown, index?: unknown, more = {}) => ({
  TF_CONFIG: JSON.stringify({ cluster, task: { type, index }, ...more }),
})

const found: [name: string, env: NodeJS.ProcessEnv, rank: number, worldSize: number | undefined][] = [
  ['the chief', at(cluster, 'chief', 0), 0, 4],
  ['the first worker of a cluster with a chief', at(cluster, 'worker', 0), 1, 4],
  ['the last worker', at(cluster, 'worker', 1), 2, 4],
  ['a parameter server', at(cluster, 'ps', 0), 3, 4],
  ['an evaluator outside of the cluster', at(cluster, 'evaluator', 0), 4, undefined],
  ['an evaluator in the cluster', at({ ...cluster, evaluator: ['e:1'] }, 'evaluator', 0), 4, 5],
  ['the first worker without a chief', at(workers, 'worker', 0), 0, 3],
  ['the last', at(workers, 'worker', 2), 2, 3],
  ['one worker', at({ worker: ['b:1'] }, 'worker', 0), 0, 1],
  ["TensorFlow 1's chief", at({ master: ['a:1'], worker: ['b:1'] }, 'master', 0), 0, 2],
  ['an index in quotes', at(workers, 'worker', '1', { environment: 'cloud' }), 1, 3],
  ['a kind of its own', at({ ...cluster, tool: ['e:1', 'f:1'] }, 'tool', 1), 5, 6],
  [
    'a worker of a cluster that may grow',
    {
      TF_CONFIG: JSON.stringify({
        sparseCluster: { worker: { 2: 'c:1' }, ps: ['d:1'] },
        task: { type: 'worker', index: 2 },
      }),
    },
    2,
    undefined,
  ],
]

for (const [name, env, rank, worldSize] of found) {
  t.test(name, async (t) => {
    t.same(detectRank(env), { rank, launcher: 'tf-config', ...(worldSize && { worldSize }) })
  })
}

t.test('no two tasks have the same rank', async (t) => {
  const all = { ...cluster, master: ['m:1'], tool: ['x:1'], evaluator: ['e:1'] }
  const ranks = Object.entries(all).flatMap(([type, tasks]) =>
    tasks.map((_, index) => detectRank(at(all, type, index))?.rank),
  )
  t.same(ranks.sort(), [0, 1, 2, 3, 4, 5, 6])
})

t.test('a local run is not launched', async (t) => {
  const local = [
    {},
    { cluster: {}, task: {} },
    { task: { trial: '1' } },
    { task: { type: 'worker', index: 0 } },
    { cluster: {} },
  ]
  for (const config of local)
    t.equal(detectRank({ TF_CONFIG: JSON.stringify(config) }), undefined, JSON.stringify(config))
  t.equal(detectRank({ TF_CONFIG: '' }), undefined)
})

const wrong: [name: string, TF_CONFIG: string][] = [
  ['no JSON', '{cluster:'],
  ['no object', '[1]'],
  ['null', 'null'],
  ['a number', '3'],
  ['no task', JSON.stringify({ cluster })],
  ['no index', at(cluster, 'worker').TF_CONFIG],
  ['a task beyond its kind', at(cluster, 'worker', 2).TF_CONFIG],
  ['a kind that is not there', at(workers, 'chief', 0).TF_CONFIG],
  ['a negative index', at(cluster, 'worker', -1).TF_CONFIG],
  ['half an index', at(cluster, 'worker', 0.5).TF_CONFIG],
  ['an index that is no number', at(cluster, 'worker', 'x').TF_CONFIG],
  ['an index that is null', at(cluster, 'worker', null).TF_CONFIG],
  ['a kind that is no text', at(cluster, 3, 0).TF_CONFIG],
  ['a cluster that is no object', at('a', 'worker', 0).TF_CONFIG],
  ['a kind of Object itself', at(cluster, 'constructor', 0).TF_CONFIG],
  ['a later worker of no cluster', at({}, 'worker', 1).TF_CONFIG],
  [
    'a parameter server that cannot see how many workers there are',
    JSON.stringify({ sparseCluster: { worker: {}, ps: ['d:1'] }, task: { type: 'ps', index: 0 } }),
  ],
]

for (const [name, TF_CONFIG] of wrong) {
  t.test(`malformed: ${name}`, async (t) => {
    const { error, launcher } = explainRank({ TF_CONFIG })
    t.equal(launcher, 'tf-config')
    t.match(error, {
      code: 'RANK_MALFORMED',
      message: /^pino-rank: TF_CONFIG: expected a JSON object with a cluster, and a task/,
    })
  })
}

t.test('a launcher inside of a task is used instead of TF_CONFIG', async (t) => {
  const task = at(cluster, 'worker', 0)
  t.match(explainRank({ ...task, RANK: '5', WORLD_SIZE: '8' }), {
    rank: { rank: 5, launcher: 'env', worldSize: 8 },
    lost: [{ launcher: 'tf-config' }],
  })
})
