import { readFileSync } from 'node:fs'
import t from 'tap'
import { detectRank } from './detect-rank.ts'
import { explainRank } from './explain-rank.ts'
import { RankError } from './rank-error.ts'
import type { RankInfo } from './rank-info.ts'

type Env = Record<string, string>

interface LauncherCase {
  launcher: string
  /** Rank 1 of two on one node, as far as the launcher has words for it. */
  env: Env
  is: Omit<RankInfo, 'launcher'>
  /** The variables that make the launcher match: the marker, and what must stand beside it. */
  pair: readonly [marker: string, ...beside: string[]]
  /** The first rank of a second node with two ranks. */
  secondNode?: [env: Env, is: Partial<RankInfo>]
  restarted?: [env: Env, is: Partial<RankInfo>]
  /** Runs inside srun, and is not Slurm's own or less than it. */
  insideSlurm?: true
}

const torch = { MASTER_ADDR: 'a', MASTER_PORT: '1', WORLD_SIZE: '2', RANK: '1', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' }

const cases: LauncherCase[] = [
  {
    launcher: 'ranklog',
    pair: ['RANKLOG_RANK'],
    env: { RANKLOG_RANK: '1', RANKLOG_WORLD_SIZE: '2', RANKLOG_LOCAL_RANK: '1', RANKLOG_LOCAL_WORLD_SIZE: '2' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2 },
    secondNode: [
      { RANKLOG_RANK: '2', RANKLOG_WORLD_SIZE: '4', RANKLOG_LOCAL_RANK: '0', RANKLOG_NODE_RANK: '1' },
      { rank: 2, worldSize: 4, localRank: 0, nodeRank: 1 },
    ],
    restarted: [{ RANKLOG_ATTEMPT: '3' }, { attempt: 3 }],
    insideSlurm: true,
  },
  {
    launcher: 'torchrun',
    pair: ['RANK', 'WORLD_SIZE'],
    env: { ...torch, TORCHELASTIC_RUN_ID: 'id', TORCHELASTIC_RESTART_COUNT: '0', GROUP_RANK: '0' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0, attempt: 0, runKey: 'id' },
    secondNode: [
      { RANK: '2', WORLD_SIZE: '4', LOCAL_RANK: '0', GROUP_RANK: '1', TORCHELASTIC_RUN_ID: 'none' },
      { rank: 2, worldSize: 4, localRank: 0, nodeRank: 1, runKey: 'a:1' },
    ],
    restarted: [{ TORCHELASTIC_RESTART_COUNT: '2' }, { attempt: 2 }],
    insideSlurm: true,
  },
  {
    launcher: 'env',
    pair: ['RANK', 'WORLD_SIZE'],
    env: torch,
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, runKey: 'a:1' },
    secondNode: [
      { RANK: '2', WORLD_SIZE: '4', LOCAL_RANK: '0', LOCAL_WORLD_SIZE: '', LOCAL_SIZE: '2', CROSS_RANK: '1' },
      { rank: 2, worldSize: 4, localRank: 0, localWorldSize: 2, nodeRank: 1 },
    ],
    insideSlurm: true,
  },
  {
    launcher: 'lightning',
    pair: ['LOCAL_RANK', 'WORLD_SIZE'],
    env: { LOCAL_RANK: '1', WORLD_SIZE: '2', NODE_RANK: '0', NUM_NODES: '1', MASTER_ADDR: 'a', MASTER_PORT: '1' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0, runKey: 'a:1' },
    secondNode: [
      { LOCAL_RANK: '0', WORLD_SIZE: '4', NODE_RANK: '1', NUM_NODES: '2' },
      { rank: 2, worldSize: 4, localRank: 0, localWorldSize: 2, nodeRank: 1 },
    ],
    insideSlurm: true,
  },
  {
    launcher: 'openmpi',
    pair: ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
    env: {
      OMPI_COMM_WORLD_RANK: '1',
      OMPI_COMM_WORLD_SIZE: '2',
      OMPI_COMM_WORLD_LOCAL_RANK: '1',
      OMPI_COMM_WORLD_LOCAL_SIZE: '2',
      PMIX_NAMESPACE: '77',
    },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, runKey: '77' },
    secondNode: [
      {
        OMPI_COMM_WORLD_RANK: '2',
        OMPI_COMM_WORLD_SIZE: '4',
        OMPI_COMM_WORLD_LOCAL_RANK: '0',
        OMPI_COMM_WORLD_NODE_RANK: '5',
      },
      { rank: 2, worldSize: 4, localRank: 0 },
    ],
    insideSlurm: true,
  },
  {
    launcher: 'mvapich2',
    pair: ['MV2_COMM_WORLD_RANK', 'MV2_COMM_WORLD_SIZE'],
    env: {
      MV2_COMM_WORLD_RANK: '1',
      MV2_COMM_WORLD_SIZE: '2',
      MV2_COMM_WORLD_LOCAL_RANK: '1',
      MV2_COMM_WORLD_LOCAL_SIZE: '2',
    },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2 },
    secondNode: [
      { MV2_COMM_WORLD_RANK: '2', MV2_COMM_WORLD_SIZE: '4', MV2_COMM_WORLD_LOCAL_RANK: '0' },
      { rank: 2, worldSize: 4, localRank: 0 },
    ],
    insideSlurm: true,
  },
  {
    launcher: 'pals', // sets Hydra's pair as well
    pair: ['PALS_RANKID', 'PALS_LOCAL_RANKID'],
    env: { PALS_RANKID: '1', PALS_LOCAL_RANKID: '1', PALS_LOCAL_SIZE: '2', PALS_NODEID: '0', PALS_APID: 'ap', PMI_SIZE: '2' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0, runKey: 'ap' },
    secondNode: [
      { PALS_RANKID: '2', PALS_LOCAL_RANKID: '0', PALS_NODEID: '1', PMI_RANK: '2', PMI_SIZE: '4' },
      { rank: 2, worldSize: 4, localRank: 0, nodeRank: 1 },
    ],
  },
  {
    launcher: 'hydra',
    pair: ['PMI_RANK', 'PMI_SIZE'],
    env: { PMI_RANK: '1', PMI_SIZE: '2', MPI_LOCALRANKID: '1', MPI_LOCALNRANKS: '2' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2 },
    secondNode: [{ PMI_RANK: '2', PMI_SIZE: '4', MPI_LOCALRANKID: '0' }, { rank: 2, worldSize: 4, localRank: 0 }],
    insideSlurm: true,
  },
  {
    launcher: 'flux',
    pair: ['FLUX_TASK_RANK', 'FLUX_JOB_SIZE'],
    env: { FLUX_TASK_RANK: '1', FLUX_JOB_SIZE: '2', FLUX_TASK_LOCAL_ID: '1', FLUX_JOB_ID: 'f' },
    is: { rank: 1, worldSize: 2, localRank: 1, runKey: 'f' },
    secondNode: [
      { FLUX_TASK_RANK: '2', FLUX_JOB_SIZE: '4', FLUX_TASK_LOCAL_ID: '0' },
      { rank: 2, worldSize: 4, localRank: 0 },
    ],
    insideSlurm: true,
  },
  {
    launcher: 'lsf',
    pair: ['JSM_NAMESPACE_RANK', 'JSM_NAMESPACE_SIZE'],
    env: {
      JSM_NAMESPACE_RANK: '1',
      JSM_NAMESPACE_SIZE: '2',
      JSM_NAMESPACE_LOCAL_RANK: '1',
      JSM_NAMESPACE_LOCAL_SIZE: '2',
      LSB_JOBID: '9',
    },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, runKey: '9' },
    secondNode: [
      { JSM_NAMESPACE_RANK: '2', JSM_NAMESPACE_SIZE: '4', JSM_NAMESPACE_LOCAL_RANK: '0' },
      { rank: 2, worldSize: 4, localRank: 0 },
    ],
  },
  {
    launcher: 'horovod',
    pair: ['HOROVOD_RANK', 'HOROVOD_SIZE'],
    env: { HOROVOD_RANK: '1', HOROVOD_SIZE: '2', HOROVOD_LOCAL_RANK: '1', HOROVOD_LOCAL_SIZE: '2', HOROVOD_CROSS_RANK: '0' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0 },
    secondNode: [
      { HOROVOD_RANK: '2', HOROVOD_SIZE: '4', HOROVOD_LOCAL_RANK: '0', HOROVOD_CROSS_RANK: '1' },
      { rank: 2, worldSize: 4, localRank: 0, nodeRank: 1 },
    ],
    insideSlurm: true,
  },
  {
    launcher: 'slurm',
    pair: ['SLURM_PROCID', 'SLURM_STEP_NUM_TASKS'],
    env: {
      SLURM_JOB_ID: '7',
      SLURM_STEP_ID: '0',
      SLURM_PROCID: '1',
      SLURM_STEP_NUM_TASKS: '2',
      SLURM_LOCALID: '1',
      SLURM_NODEID: '0',
      SLURM_STEP_TASKS_PER_NODE: '2',
    },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0, runKey: '7.0' },
    secondNode: [
      {
        SLURM_PROCID: '5',
        SLURM_STEP_NUM_TASKS: '',
        SLURM_NTASKS: '17',
        SLURM_LOCALID: '0',
        SLURM_NODEID: '1',
        SLURM_STEP_TASKS_PER_NODE: '5,4(x3)',
      },
      { rank: 5, worldSize: 17, localRank: 0, localWorldSize: 4, nodeRank: 1 },
    ],
    restarted: [{ SLURM_RESTART_COUNT: '1' }, { attempt: 1 }],
  },
  {
    launcher: 'cloud-run',
    pair: ['CLOUD_RUN_TASK_INDEX', 'CLOUD_RUN_TASK_COUNT'],
    env: {
      CLOUD_RUN_TASK_INDEX: '1',
      CLOUD_RUN_TASK_COUNT: '2',
      CLOUD_RUN_TASK_ATTEMPT: '0',
      CLOUD_RUN_EXECUTION: 'job-x7',
    },
    is: { rank: 1, worldSize: 2, attempt: 0, runKey: 'job-x7' },
    restarted: [{ CLOUD_RUN_TASK_ATTEMPT: '1' }, { attempt: 1 }],
  },
  {
    launcher: 'aws-batch',
    pair: ['AWS_BATCH_JOB_NODE_INDEX', 'AWS_BATCH_JOB_NUM_NODES'],
    env: {
      AWS_BATCH_JOB_NODE_INDEX: '1',
      AWS_BATCH_JOB_NUM_NODES: '2',
      AWS_BATCH_JOB_ATTEMPT: '1',
      AWS_BATCH_JOB_ID: 'b4#1',
    },
    is: { rank: 1, worldSize: 2, nodeRank: 1, attempt: 0, runKey: 'b4' },
    restarted: [{ AWS_BATCH_JOB_ATTEMPT: '2' }, { attempt: 1 }],
  },
  { launcher: 'kubernetes', pair: ['JOB_COMPLETION_INDEX'], env: { JOB_COMPLETION_INDEX: '1' }, is: { rank: 1 } },
  {
    launcher: 'pm2',
    pair: ['NODE_APP_INSTANCE'],
    env: { NODE_APP_INSTANCE: '1', pm_id: '4', restart_time: '0', instances: '1' },
    is: { rank: 1, attempt: 0 },
    restarted: [{ restart_time: '5' }, { attempt: 5 }],
  },
]

/** Not counts: any text is sound. */
const texts = /^(MASTER_ADDR|MASTER_PORT|.*_RUN_ID|PMIX_NAMESPACE|.*_APID|.*_JOB_?ID|CLOUD_RUN_EXECUTION|SLURM_STEP_ID|pm_id|instances)$/

const srun = { SLURM_JOB_ID: '5', SLURM_STEP_ID: '0', SLURM_PROCID: '0', SLURM_NTASKS: '1', SLURM_STEP_NUM_TASKS: '1' }

for (const { launcher, env, is, pair, secondNode, restarted, insideSlurm } of cases) {
  t.test(launcher, async (t) => {
    t.same(detectRank(env), { ...is, launcher }, 'one node')
    if (secondNode) t.match(detectRank({ ...env, ...secondNode[0] }), { ...secondNode[1], launcher }, 'second node')
    if (restarted) t.same(detectRank({ ...env, ...restarted[0] }), { ...is, ...restarted[1], launcher }, 'restarted')
    if (insideSlurm) {
      t.same(detectRank({ ...env, ...srun }), { ...is, launcher }, 'nested in Slurm')
      t.match(explainRank({ ...env, ...srun }).lost.at(-1), { launcher: 'slurm', variables: { SLURM_PROCID: '0' } })
    }
    t.equal(detectRank({ ...env, RANKLOG_RUN_ID: 'mine' })?.runKey, 'mine', 'the run key is given by name')

    const [marker, beside] = pair
    t.equal(detectRank({ ...env, [marker]: '' })?.launcher === launcher, false, 'an empty marker is unset')
    if (beside) {
      const error = failure({ ...env, [beside]: '' })
      t.equal(error.code, 'RANK_INCOMPLETE')
      t.match(error.message, new RegExp(`${beside}\\b.*${marker}=${env[marker]}`), 'an empty pair is unset')
    }

    for (const variable of Object.keys(env).filter((name) => !texts.test(name))) {
      for (const bad of ['x', '-1', '1e3', '1.5', '0x1', '+1', ' 1', '9007199254740992', 'Infinity']) {
        const error = failure({ ...env, [variable]: bad })
        t.equal(error.code, 'RANK_MALFORMED', `${variable}=${bad}`)
        t.ok(error.message.includes(`"${variable}":"${bad}"`), `names ${variable}=${bad}`)
      }
    }

    if (is.worldSize !== undefined) {
      const error = failure({ ...env, [marker]: '2', ...(launcher === 'lightning' ? { NODE_RANK: '' } : undefined) })
      t.equal(error.code, 'RANK_OUT_OF_RANGE')
      t.match(error.message, new RegExp(`"${marker}":"2",.*:"2"`), 'names both')
    }
  })
}

t.test('the local rank is below the local world size', async (t) => {
  const error = failure({ ...torch, LOCAL_RANK: '2' })
  t.equal(error.code, 'RANK_OUT_OF_RANGE')
  t.match(error.message, /LOCAL_RANK, LOCAL_WORLD_SIZE: .*"LOCAL_RANK":"2","LOCAL_WORLD_SIZE":"2"/)
})

t.test('not launched', async (t) => {
  t.equal(detectRank({}), undefined)
  t.equal(detectRank({ WORLD_SIZE: '4', SLURM_PROCID: '0', SLURM_NTASKS: '4', NODE_APP_INSTANCE: '2' }), undefined)
  t.equal(detectRank({}, { cluster: {} }), undefined, "node:cluster's primary")
  t.equal(detectRank({ ...torch, RANKLOG_RANK: 'none' }, { cluster: { worker: { id: 1 } } }), undefined, 'turned off')
})

t.test('RANKLOG_RANK stands above all', async (t) => {
  t.same(detectRank({ ...torch, RANKLOG_RANK: '7' }), { rank: 7, launcher: 'ranklog', runKey: 'a:1' })
  t.match(failure({ ...torch, RANKLOG_RANK: 'None' }), { code: 'RANK_MALFORMED' })
})

t.test('a rank variable without its pair', async (t) => {
  t.match(failure({ RANK: '0' }), { code: 'RANK_INCOMPLETE', message: /WORLD_SIZE/ })
  t.match(failure({ LOCAL_RANK: '0' }), { code: 'RANK_INCOMPLETE', message: /WORLD_SIZE/ }, 'every node has a local 0')
  t.match(failure({ ...srun, SLURM_NTASKS: '', SLURM_STEP_NUM_TASKS: '' }), { code: 'RANK_INCOMPLETE' })
  t.equal(detectRank({ RANK: '3', ...srun })?.launcher, 'slurm', 'no error where another launcher matches')
})

t.test("Lightning's ranks are counted node by node", async (t) => {
  const node1 = { LOCAL_RANK: '1', WORLD_SIZE: '6', NODE_RANK: '1' }
  t.match(failure(node1), { code: 'RANK_INCOMPLETE', message: /LOCAL_WORLD_SIZE or NUM_NODES/ })
  t.match(failure({ ...node1, ...srun }), { code: 'RANK_INCOMPLETE' }, "its node's rank in Slurm is not its own")
  t.match(detectRank({ ...node1, LOCAL_WORLD_SIZE: '2' }), { rank: 3, localWorldSize: 2 })
  t.match(detectRank({ ...node1, PL_TRAINER_NUM_NODES: '2' }), { rank: 4, localWorldSize: 3 })
  t.match(detectRank({ ...node1, NODE_RANK: '', GROUP_RANK: '1', NUM_NODES: '2' }), { rank: 4, nodeRank: 1 })
  t.match(failure({ ...node1, NUM_NODES: '4' }), { code: 'RANK_MALFORMED', message: /"NUM_NODES":"4"/ })
  t.same(detectRank({ LOCAL_RANK: '1', WORLD_SIZE: '6' }), { rank: 1, launcher: 'lightning', worldSize: 6, localRank: 1 })
})

t.test("Slurm's tasks per node", async (t) => {
  const at = (list: string, node: number) =>
    detectRank({ ...srun, SLURM_STEP_TASKS_PER_NODE: list, SLURM_NODEID: String(node) })?.localWorldSize
  t.same([0, 1, 2, 3, 4].map((node) => at('5,4(x3)', node)), [5, 4, 4, 4, undefined])
  t.same([0, 1, 2, 3].map((node) => at('2(x2),1,8', node)), [2, 2, 1, 8])
  t.equal(detectRank({ ...srun, SLURM_STEP_TASKS_PER_NODE: '5' })?.localWorldSize, undefined, 'which node?')
  for (const bad of ['5,', '5,x', '4(x)', '4x3', '-4', '4(x3']) t.throws(() => at(bad, 7), { code: 'RANK_MALFORMED' })
})

t.test('a PM2 rank beyond `instances` is one that `pm2 scale` added', async (t) => {
  t.match(detectRank({ NODE_APP_INSTANCE: '9', pm_id: '9', instances: '2' }), { rank: 9, worldSize: undefined })
})

t.test('node:cluster', async (t) => {
  const cluster = { worker: { id: 3 } }
  t.same(detectRank({}, { cluster }), { rank: 2, launcher: 'cluster' })
  t.match(detectRank({ RANKLOG_RANK: '0' }, { cluster }), { rank: 0, launcher: 'ranklog' }, 'a slot is kept by name')
  t.equal(detectRank({ 'cluster.worker.id': '3' }), undefined, 'not of the environment')
})

const srunRank = (rank: number, worldSize: number, runKey: string): RankInfo => ({
  ...{ rank, launcher: 'slurm', worldSize, localRank: rank, localWorldSize: worldSize, nodeRank: 0, runKey },
})
const torchRank = (rank: number, attempt: number, runKey: string): RankInfo => ({
  ...{ rank, launcher: 'torchrun', worldSize: 2, localRank: rank, localWorldSize: 2, nodeRank: 0, attempt, runKey },
})

/** What each process of a real capture is, checked by hand against its variables. */
const captures: Record<string, (RankInfo | undefined)[]> = {
  'torchrun-2': [0, 1].map((rank) => torchRank(rank, 0, 'fb1c72b7-134f-45ef-b590-acbc5245c8f2')),
  'torchrun-restart': [0, 1].map((rank) => torchRank(rank, 1, '502bf7df-7eb4-419b-9b24-92978db20d1d')),
  'torchrun-in-srun': [0, 1].map((rank) => torchRank(rank, 0, '81a38eac-a737-4c1e-96c7-09e68d37ef2f')),
  'torchrun-2x2': [
    { ...torchRank(0, 0, '127.0.0.1:29611'), worldSize: 4 },
    { ...torchRank(1, 0, '127.0.0.1:29611'), worldSize: 4 },
    { ...torchRank(0, 0, '127.0.0.1:29611'), worldSize: 4, rank: 2, nodeRank: 1 },
    { ...torchRank(1, 0, '127.0.0.1:29611'), worldSize: 4, rank: 3, nodeRank: 1 },
  ],
  'openmpi-4': [0, 1, 2, 3].map((rank) => ({
    ...{ rank, launcher: 'openmpi', worldSize: 4, localRank: rank, localWorldSize: 4, runKey: '2021654529' },
  })),
  'mpich-4': [0, 1, 2, 3].map((rank) => ({
    ...{ rank, launcher: 'hydra', worldSize: 4, localRank: rank, localWorldSize: 4 },
  })),
  'srun-4': [0, 1, 2, 3].map((rank) => srunRank(rank, 4, '1.0')),
  'srun-array': [srunRank(0, 2, '3_0.0'), srunRank(1, 2, '3_0.0'), srunRank(0, 2, '3_1.0'), srunRank(1, 2, '3_1.0')],
  'sbatch-shell': [undefined],
  'pm2-3': [0, 1, 2].map((rank) => ({ rank, launcher: 'pm2', attempt: 0 })),
  'lightning-2': [0, 1].map((rank) => ({
    ...{ rank, launcher: 'lightning', worldSize: 2, localRank: rank, nodeRank: 0, runKey: '127.0.0.1:46347' },
  })),
}

for (const [name, ranks] of Object.entries(captures)) {
  t.test(`captured: ${name}`, async (t) => {
    const capture = JSON.parse(readFileSync(new URL(`../fixtures/env/${name}.json`, import.meta.url), 'utf8'))
    t.same(capture.env_by_process.map((env: Env) => detectRank(env)), ranks)
  })
}

function failure(env: Env): RankError {
  try {
    detectRank(env)
  } catch (error) {
    if (error instanceof RankError) return error
    throw error
  }
  throw new Error(`detected a rank in ${JSON.stringify(env)}`)
}
