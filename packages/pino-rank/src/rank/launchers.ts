import { clusterWorkerId, count, type Derived, type Launcher, type Read } from './launcher.ts'
import { lightning } from './lightning.ts'
import { isForked, isUnnumberedWorker, pm2 } from './pm2.ts'
import { sagemaker } from './sagemaker.ts'
import { slurm } from './slurm.ts'
import { tfConfig } from './tf-config.ts'

/** Gives the run key under whatever launcher matched. */
export const ownRunKey = 'RANKLOG_RUN_ID'

/** Gives the run key where the launcher itself has none: all ranks of a job meet there. */
export const rendezvous: Derived<string> & { from: readonly string[] } = {
  from: ['MASTER_ADDR', 'MASTER_PORT'],
  derive: (address, port) => (address && port ? `${address}:${port}` : undefined),
}

/** Overrides every launcher; its rank `none` turns detection off. */
export const own: Launcher = {
  name: 'ranklog',
  marker: 'RANKLOG_RANK',
  counts: {
    worldSize: 'RANKLOG_WORLD_SIZE',
    localRank: 'RANKLOG_LOCAL_RANK',
    localWorldSize: 'RANKLOG_LOCAL_WORLD_SIZE',
    nodeRank: 'RANKLOG_NODE_RANK',
    attempt: 'RANKLOG_ATTEMPT',
  },
}

// Trap: the RANK that Kubeflow sets is a pod's, until torchrun inside the pod sets it anew for each process.
const torch: Omit<Launcher, 'name'> = {
  marker: 'RANK',
  companions: ['WORLD_SIZE'],
  counts: {
    worldSize: 'WORLD_SIZE',
    localRank: 'LOCAL_RANK',
    localWorldSize: ['LOCAL_WORLD_SIZE', 'LOCAL_SIZE'], // the second is DeepSpeed's
    nodeRank: ['GROUP_RANK', 'CROSS_RANK'], // the second is DeepSpeed's
    attempt: 'TORCHELASTIC_RESTART_COUNT',
  },
  // With --nnodes or --node-rank torchrun sets the literal "none", which is no id.
  runKey: { from: ['TORCHELASTIC_RUN_ID'], derive: (id) => (id === 'none' ? undefined : id) },
}

/**
 * Reports whether `ranklog run` started the process. It sets torchrun's variables. A torchrun inside of it sets them again, and an
 * agent store of its own.
 */
function isRanklogRun(read: Read): boolean {
  const id = read('TORCHELASTIC_RUN_ID')
  const isOwn = id !== undefined && id === read(ownRunKey) && read('RANKLOG_CAUSE_FILE') !== undefined
  return isOwn && read('TORCHELASTIC_USE_AGENT_STORE') === undefined
}

/** PMIx gives no number of processes: only its own calls do (pmix.github.io/standard). */
const pmix: Launcher = { name: 'pmix', marker: 'PMIX_RANK', counts: {}, runKey: 'PMIX_NAMESPACE' }

/** Slurm's own plugin for PMIx numbers the processes of a step as Slurm does. */
function isSlurmPmix(read: Read): boolean {
  return read('PMIX_NAMESPACE')?.startsWith('slurm.pmix.') ?? false
}

// Ids grow for ever: a replaced worker is never rank 0 again, unless forkRank gave it its slot.
const cluster: Launcher = {
  name: 'cluster',
  marker: clusterWorkerId,
  counts: { rank: { from: [clusterWorkerId], derive: (id) => count(id) - 1 } },
}

/**
 * The programs that start ranks, and the variables that each of them sets. The first that matches wins. Launchers may be nested, so
 * the order matters: a program that starts ranks stands before one that starts their nodes (torchrun inside Slurm), and a specific
 * one before a general one (PALS sets Hydra's PMI_RANK as well, PM2 forks through node:cluster).
 */
export const launchers: readonly Launcher[] = [
  own,
  { name: 'ranklog run', needs: isRanklogRun, ...torch },
  { name: 'torchrun', needs: 'TORCHELASTIC_RUN_ID', unless: isRanklogRun, ...torch },
  { name: 'env', unless: 'TORCHELASTIC_RUN_ID', ...torch },
  lightning,
  {
    name: 'openmpi',
    marker: 'OMPI_COMM_WORLD_RANK',
    companions: ['OMPI_COMM_WORLD_SIZE'],
    counts: {
      worldSize: 'OMPI_COMM_WORLD_SIZE',
      localRank: 'OMPI_COMM_WORLD_LOCAL_RANK',
      localWorldSize: 'OMPI_COMM_WORLD_LOCAL_SIZE', // OMPI_COMM_WORLD_NODE_RANK is no node's rank, but one on its node
    },
    runKey: 'PMIX_NAMESPACE',
  },
  {
    name: 'mvapich2',
    marker: 'MV2_COMM_WORLD_RANK',
    companions: ['MV2_COMM_WORLD_SIZE'],
    counts: {
      worldSize: 'MV2_COMM_WORLD_SIZE',
      localRank: 'MV2_COMM_WORLD_LOCAL_RANK',
      localWorldSize: 'MV2_COMM_WORLD_LOCAL_SIZE',
    },
  },
  {
    name: 'pals',
    marker: 'PALS_RANKID',
    companions: ['PALS_LOCAL_RANKID'],
    counts: {
      worldSize: 'PMI_SIZE', // not always set
      localRank: 'PALS_LOCAL_RANKID',
      localWorldSize: 'PALS_LOCAL_SIZE',
      nodeRank: 'PALS_NODEID',
    },
    runKey: 'PALS_APID',
  },
  {
    name: 'hydra',
    marker: 'PMI_RANK',
    companions: ['PMI_SIZE'],
    counts: { worldSize: 'PMI_SIZE', localRank: 'MPI_LOCALRANKID', localWorldSize: 'MPI_LOCALNRANKS' },
  },
  {
    name: 'flux',
    marker: 'FLUX_TASK_RANK',
    companions: ['FLUX_JOB_SIZE'],
    counts: { worldSize: 'FLUX_JOB_SIZE', localRank: 'FLUX_TASK_LOCAL_ID' },
    runKey: 'FLUX_JOB_ID',
  },
  {
    name: 'lsf',
    marker: 'JSM_NAMESPACE_RANK',
    companions: ['JSM_NAMESPACE_SIZE'],
    counts: {
      worldSize: 'JSM_NAMESPACE_SIZE',
      localRank: 'JSM_NAMESPACE_LOCAL_RANK',
      localWorldSize: 'JSM_NAMESPACE_LOCAL_SIZE',
    },
    runKey: 'LSB_JOBID',
  },
  {
    name: 'horovod',
    marker: 'HOROVOD_RANK',
    companions: ['HOROVOD_SIZE'],
    counts: {
      worldSize: 'HOROVOD_SIZE',
      localRank: 'HOROVOD_LOCAL_RANK',
      localWorldSize: 'HOROVOD_LOCAL_SIZE',
      nodeRank: 'HOROVOD_CROSS_RANK',
    },
  },
  { ...pmix, unless: isSlurmPmix }, // before Slurm, which starts the daemons of other launchers
  slurm,
  { ...pmix, needs: isSlurmPmix },
  tfConfig,
  sagemaker,
  {
    // LWS_LEADER_ADDRESS is no run key: it is the same again when the group is created again
    name: 'leaderworkerset', // lws.sigs.k8s.io/docs/reference/labels-annotations-and-environment-variables
    marker: 'LWS_WORKER_INDEX',
    companions: ['LWS_GROUP_SIZE'],
    counts: { worldSize: 'LWS_GROUP_SIZE' },
  },
  {
    name: 'cloud-run',
    marker: 'CLOUD_RUN_TASK_INDEX',
    companions: ['CLOUD_RUN_TASK_COUNT'],
    counts: { worldSize: 'CLOUD_RUN_TASK_COUNT', attempt: 'CLOUD_RUN_TASK_ATTEMPT' },
    runKey: 'CLOUD_RUN_EXECUTION',
  },
  {
    name: 'aws-batch',
    marker: 'AWS_BATCH_JOB_NODE_INDEX',
    companions: ['AWS_BATCH_JOB_NUM_NODES'],
    counts: {
      worldSize: 'AWS_BATCH_JOB_NUM_NODES',
      nodeRank: 'AWS_BATCH_JOB_NODE_INDEX',
      // The first attempt is 1: docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
      attempt: { from: ['AWS_BATCH_JOB_ATTEMPT'], derive: (nth) => (nth === undefined ? undefined : count(nth) - 1) },
    },
    // The id of a node is that of its job and the node's index: ID#2.
    runKey: { from: ['AWS_BATCH_JOB_ID'], derive: (id) => id?.replace(/#\d+$/, '') },
  },
  { name: 'kubernetes', marker: 'JOB_COMPLETION_INDEX', counts: {} },
  { ...cluster, needs: isForked }, // workers of a program that PM2 started
  pm2,
  { ...cluster, unless: (read) => isForked(read) || isUnnumberedWorker(read) },
]
