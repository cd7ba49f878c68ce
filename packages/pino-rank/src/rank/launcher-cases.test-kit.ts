import type { RankInfo } from './rank-info.ts'

/** Variables and their values. */
export type Env = Record<string, string>

/** A launcher, and the variables of its processes. */
export interface LauncherCase {
  launcher: string
  /** The variables of rank 1 of 2 on one node, as far as the launcher sets them. */
  env: Env
  is: Omit<RankInfo, 'launcher'>
  /** The variables by which the launcher is found: the marker and its companion. */
  pair: readonly [marker: string, ...companions: string[]]
  /** The first rank on a second node with 2 ranks. */
  secondNode?: [env: Env, is: Partial<RankInfo>]
  restarted?: [env: Env, is: Partial<RankInfo>]
}

const torch = { MASTER_ADDR: 'a', MASTER_PORT: '1', WORLD_SIZE: '2', RANK: '1', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' }

/** Returns the four variables that several launchers name in the same way. */
const sized = (prefix: string, rank = '1', size = '2', localRank = '1'): Env => ({
  [`${prefix}_RANK`]: rank,
  [`${prefix}_SIZE`]: size,
  [`${prefix}_LOCAL_RANK`]: localRank,
  [`${prefix}_LOCAL_SIZE`]: '2',
})

/** The launchers whose variables are counts, in the order of the table. */
export const launcherCases: readonly LauncherCase[] = [
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
  },
  {
    launcher: 'ranklog run',
    pair: ['RANK', 'WORLD_SIZE'],
    env: {
      ...torch,
      TORCHELASTIC_RUN_ID: 'id',
      TORCHELASTIC_RESTART_COUNT: '0',
      GROUP_RANK: '0',
      RANKLOG_RUN_ID: 'id',
      RANKLOG_CAUSE_FILE: '/tmp/ranklog-a/0-cause.json',
    },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0, attempt: 0, runKey: 'id' },
    secondNode: [
      { RANK: '2', WORLD_SIZE: '4', LOCAL_RANK: '0', GROUP_RANK: '1' },
      { rank: 2, worldSize: 4, localRank: 0, nodeRank: 1 },
    ],
    restarted: [{ TORCHELASTIC_RESTART_COUNT: '2' }, { attempt: 2 }],
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
  },
  {
    launcher: 'openmpi',
    pair: ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
    env: { ...sized('OMPI_COMM_WORLD'), PMIX_NAMESPACE: '77' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, runKey: '77' },
    secondNode: [
      { ...sized('OMPI_COMM_WORLD', '2', '4', '0'), OMPI_COMM_WORLD_NODE_RANK: '5' },
      { rank: 2, worldSize: 4, localRank: 0 },
    ],
  },
  {
    launcher: 'mvapich2',
    pair: ['MV2_COMM_WORLD_RANK', 'MV2_COMM_WORLD_SIZE'],
    env: sized('MV2_COMM_WORLD'),
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2 },
    secondNode: [sized('MV2_COMM_WORLD', '2', '4', '0'), { rank: 2, worldSize: 4, localRank: 0 }],
  },
  {
    launcher: 'pals', // sets Hydra's pair as well
    pair: ['PALS_RANKID', 'PALS_LOCAL_RANKID'],
    env: {
      PALS_RANKID: '1',
      PALS_LOCAL_RANKID: '1',
      PALS_LOCAL_SIZE: '2',
      PALS_NODEID: '0',
      PALS_APID: 'ap',
      PMI_SIZE: '2',
    },
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
    secondNode: [
      { PMI_RANK: '2', PMI_SIZE: '4', MPI_LOCALRANKID: '0' },
      { rank: 2, worldSize: 4, localRank: 0 },
    ],
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
  },
  {
    launcher: 'lsf',
    pair: ['JSM_NAMESPACE_RANK', 'JSM_NAMESPACE_SIZE'],
    env: { ...sized('JSM_NAMESPACE'), LSB_JOBID: '9' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, runKey: '9' },
    secondNode: [sized('JSM_NAMESPACE', '2', '4', '0'), { rank: 2, worldSize: 4, localRank: 0 }],
  },
  {
    launcher: 'horovod',
    pair: ['HOROVOD_RANK', 'HOROVOD_SIZE'],
    env: { ...sized('HOROVOD'), HOROVOD_CROSS_RANK: '0' },
    is: { rank: 1, worldSize: 2, localRank: 1, localWorldSize: 2, nodeRank: 0 },
    secondNode: [
      { ...sized('HOROVOD', '2', '4', '0'), HOROVOD_CROSS_RANK: '1' },
      { rank: 2, worldSize: 4, localRank: 0, nodeRank: 1 },
    ],
  },
  {
    launcher: 'pmix',
    pair: ['PMIX_RANK'],
    env: { PMIX_RANK: '1', PMIX_NAMESPACE: 'prterun-node1-4242@1' },
    is: { rank: 1, runKey: 'prterun-node1-4242@1' },
    secondNode: [{ PMIX_RANK: '2' }, { rank: 2, worldSize: undefined }],
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
    launcher: 'leaderworkerset',
    pair: ['LWS_WORKER_INDEX', 'LWS_GROUP_SIZE'],
    env: { LWS_WORKER_INDEX: '1', LWS_GROUP_SIZE: '2', LWS_LEADER_ADDRESS: 'lws-0.lws.default' },
    is: { rank: 1, worldSize: 2 },
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
    is: { rank: 1 },
    restarted: [{ restart_time: '5' }, {}], // of this instance alone: no attempt of the job
  },
]
