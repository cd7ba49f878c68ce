import t from 'tap'
import { detectRank, explainRank } from './detect-rank.ts'

const torch = { MASTER_ADDR: 'a', MASTER_PORT: '1', WORLD_SIZE: '2', RANK: '1', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' }
const srun = { SLURM_JOB_ID: '5', SLURM_STEP_ID: '0', SLURM_PROCID: '0', SLURM_NTASKS: '1', SLURM_STEP_NUM_TASKS: '1' }

const errorOf = (env: NodeJS.ProcessEnv) => explainRank(env).error

t.test('throws the error that explainRank returns', async (t) => {
  const error = errorOf({ ...torch, RANK: 'x' })
  t.throws(() => detectRank({ ...torch, RANK: 'x' }), {
    name: 'RankError',
    code: 'RANK_MALFORMED',
    message: error?.message,
  })
})

t.test('the local rank is below the local world size', async (t) => {
  const error = errorOf({ ...torch, LOCAL_RANK: '2' })
  t.equal(error?.code, 'RANK_OUT_OF_RANGE')
  t.match(error?.message, /LOCAL_RANK, LOCAL_WORLD_SIZE: .*"LOCAL_RANK":"2","LOCAL_WORLD_SIZE":"2"/)
})

t.test('a process that no launcher started has no rank', async (t) => {
  t.equal(detectRank({}), undefined)
  t.equal(detectRank({ WORLD_SIZE: '4', SLURM_PROCID: '0', SLURM_NTASKS: '4', NODE_APP_INSTANCE: '2' }), undefined)
  t.equal(detectRank({}, { cluster: {} }), undefined, "node:cluster's primary")
  t.equal(detectRank({ ...torch, RANKLOG_RANK: 'none' }, { cluster: { worker: { id: 1 } } }), undefined, 'turned off')
})

t.test('RANKLOG_RANK overrides every launcher', async (t) => {
  t.same(detectRank({ ...torch, RANKLOG_RANK: '7' }), { rank: 7, launcher: 'ranklog', runKey: 'a:1' })
  t.match(errorOf({ ...torch, RANKLOG_RANK: 'None' }), { code: 'RANK_MALFORMED' })
})

t.test('a rank variable without its companion is incomplete, unless another launcher matches', async (t) => {
  t.match(errorOf({ RANK: '0' }), { code: 'RANK_INCOMPLETE', message: /WORLD_SIZE/ })
  t.match(errorOf({ LOCAL_RANK: '0' }), { code: 'RANK_INCOMPLETE', message: /WORLD_SIZE/ }, 'every node has a local 0')
  t.match(errorOf({ ...srun, SLURM_NTASKS: '', SLURM_STEP_NUM_TASKS: '' }), { code: 'RANK_INCOMPLETE' })
  t.equal(detectRank({ RANK: '3', ...srun })?.launcher, 'slurm', 'no error where another launcher matches')
})

t.test("Lightning's ranks are numbered node by node", async (t) => {
  const node1 = { LOCAL_RANK: '1', WORLD_SIZE: '6', NODE_RANK: '1' }
  t.match(errorOf(node1), { code: 'RANK_INCOMPLETE', message: /LOCAL_WORLD_SIZE or NUM_NODES/ })
  t.match(errorOf({ ...node1, ...srun }), { code: 'RANK_INCOMPLETE' }, "its node's rank in Slurm is not its own")
  t.match(detectRank({ ...node1, LOCAL_WORLD_SIZE: '2' }), { rank: 3, localWorldSize: 2 })
  t.match(detectRank({ ...node1, PL_TRAINER_NUM_NODES: '2' }), { rank: 4, localWorldSize: 3 })
  t.match(detectRank({ ...node1, NODE_RANK: '', GROUP_RANK: '1', NUM_NODES: '2' }), { rank: 4, nodeRank: 1 })
  t.match(errorOf({ ...node1, NUM_NODES: '4' }), { code: 'RANK_MALFORMED', message: /"NUM_NODES":"4"/ })
  t.same(detectRank({ LOCAL_RANK: '1', WORLD_SIZE: '6' }), {
    rank: 1,
    launcher: 'lightning',
    worldSize: 6,
    localRank: 1,
  })
})

t.test("Slurm's list of tasks per node gives the local world size", async (t) => {
  const at = (list: string, node: number) =>
    detectRank({ ...srun, SLURM_STEP_TASKS_PER_NODE: list, SLURM_NODEID: String(node) })?.localWorldSize
  t.same(
    [0, 1, 2, 3, 4].map((node) => at('5,4(x3)', node)),
    [5, 4, 4, 4, undefined],
  )
  t.same(
    [0, 1, 2, 3].map((node) => at('2(x2),1,8', node)),
    [2, 2, 1, 8],
  )
  t.equal(detectRank({ ...srun, SLURM_STEP_TASKS_PER_NODE: '5' })?.localWorldSize, undefined, 'which node?')
  for (const bad of ['5,', '5,x', '4(x)', '4x3', '-4', '4(x3']) t.throws(() => at(bad, 7), { code: 'RANK_MALFORMED' })
})

t.test('in a heterogeneous Slurm job, the size of one component is not the size of the job', async (t) => {
  const het = { SLURM_JOB_ID: '5', SLURM_STEP_ID: '0', SLURM_HET_SIZE: '2' }
  const ofComponent = { ...het, SLURM_NTASKS: '2', SLURM_STEP_TASKS_PER_NODE: '2', SLURM_NODEID: '0' }
  const found = [0, 1, 2, 3].map((rank) =>
    detectRank({
      ...ofComponent,
      SLURM_PROCID: `${rank}`,
      SLURM_LOCALID: `${rank % 2}`,
      SLURM_NODEID: rank < 2 ? '0' : '1',
    }),
  )
  t.same(
    found.map((info) => [info?.rank, info?.worldSize, info?.localWorldSize, info?.runKey]),
    [0, 1, 2, 3].map((rank) => [rank, undefined, rank < 2 ? 2 : undefined, '5.0']),
  )
  const rank3 = { ...ofComponent, SLURM_PROCID: '3' }
  t.equal(detectRank({ ...rank3, SLURM_STEP_NUM_TASKS: '4' })?.worldSize, 4, 'of the whole step')
  t.equal(detectRank({ ...rank3, SLURM_STEP_NUM_TASKS: '2' })?.worldSize, undefined)
  t.match(detectRank({ ...rank3, SLURM_LOCALID: '2' }), { rank: 3, localRank: 2, localWorldSize: undefined })
  t.match(errorOf({ ...rank3, SLURM_HET_SIZE: '1' }), { code: 'RANK_OUT_OF_RANGE' }, 'one component is a plain job')
})

t.test('a PM2 rank beyond `instances` is one that `pm2 scale` added', async (t) => {
  t.match(detectRank({ NODE_APP_INSTANCE: '9', pm_id: '9', instances: '2' }), { rank: 9, worldSize: undefined })
})

t.test('a worker of node:cluster is the rank of its id, unless RANKLOG_RANK gives it a slot', async (t) => {
  const cluster = { worker: { id: 3 } }
  t.same(detectRank({}, { cluster }), { rank: 2, launcher: 'cluster' })
  t.match(detectRank({ RANKLOG_RANK: '0' }, { cluster }), { rank: 0, launcher: 'ranklog' }, 'a slot of forkRank')
  t.equal(detectRank({ 'cluster.worker.id': '3' }), undefined, 'not an environment variable')
})
