import { clusterWorkerId, count, type Derived, type Launcher, type Read } from './launcher.ts'
import { lightning } from './lightning.ts'
import { isForked, isUnnumberedWorker, pm2 } from './pm2.ts'
import { sagemaker } from './sagemaker.ts'
import { slurm } from './slurm.ts'
import { tfConfig } from './tf-config.ts'

/** The variable of the run key, under every launcher. */
export const ownRunKey = 'RANKLOG_RUN_ID'

/** The run key if the launcher has none: the rendezvous address of all ranks of a job. */
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

// Trap: Kubeflow sets RANK for a pod. A torchrun inside the pod then sets it for each process.
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
  // With --nnodes or --node-rank torchrun sets the literal "none", which does not identify a job.
  runKey: { from: ['TORCHELASTIC_RUN_ID'], derive: (id) => (id === 'none' ? undefined : id) },
}

/**
 * Reports whether `ranklog run` started the process. It sets torchrun's variables. A torchrun that is started inside of it sets
 * them again, and also TORCHELASTIC_USE_AGENT_STORE.
 */
function isRanklogRun(read: Read): boolean {
  const id = read('TORCHELASTIC_RUN_ID')
  const isOwn = id !== undefined && id === read(ownRunKey) && read('RANKLOG_CAUSE_FILE') !== undefined
  return isOwn && read('TORCHELASTIC_USE_AGENT_STORE') === undefined
}

/** PMIx has no variable for the number of processes; only its API returns it (pmix.github.io/standard). */
const pmix: Launcher = { name: 'pmix', marker: 'PMIX_RANK', counts: {}, runKey: 'PMIX_NAMESPACE' }

/** Reports whether Slurm's own plugin for PMIx set the variables. It numbers the processes of a step as Slurm does. */
function isSlurmPmix(read: Read): boolean {
  return read('PMIX_NAMESPACE')?.startsWith('slurm.pmix.') ?? false
}

// Ids are never reused: no replacement of a worker is rank 0, unless forkRank gives it slot 0.
const cluster: Launcher = {
  name: 'cluster',
  marker: clusterWorkerId,
  counts: { rank: { from: [clusterWorkerId], derive: (id) => count(id) - 1 } },
}

/**
 * The programs that start ranks, and the variables that each of them sets. The first that matches is used. Launchers may be
 * nested, so the order matters: a program that starts ranks comes before one that starts their nodes (torchrun inside Slurm), and
 * a specific one before a general one (PALS also sets Hydra's PMI_RANK, and PM2 forks through node:cluster).
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
      localWorldSize: 'OMPI_COMM_WORLD_LOCAL_SIZE', // OMPI_COMM_WORLD_NODE_RANK is a rank on its node, not the rank of a node
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
    // LWS_LEADER_ADDRESS is not a run key: a group that is created again has the same address
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
    // A node has the id of the job and its own index: ID#2.
    runKey: { from: ['AWS_BATCH_JOB_ID'], derive: (id) => id?.replace(/#\d+$/, '') },
  },
  { name: 'kubernetes', marker: 'JOB_COMPLETION_INDEX', counts: {} },
  { ...cluster, needs: isForked }, // workers of a program that PM2 started
  pm2,
  { ...cluster, unless: (read) => isForked(read) || isUnnumberedWorker(read) },
]
