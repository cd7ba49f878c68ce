import { own } from './launchers.ts'

/** The properties that all ranks of a job share. */
export interface TorchrunJob {
  /** Number of ranks in the job. */
  worldSize: number
  /** Number of ranks on each node. @default worldSize: the job has one node */
  localWorldSize?: number | undefined
  /** The rendezvous address of the ranks. @default '127.0.0.1' */
  masterAddr?: string | undefined
  /** @default 29500 */
  masterPort?: number | string | undefined
  /** Identifies the job. @default 'none', as torchrun sets it: the run key is then MASTER_ADDR and MASTER_PORT */
  runId?: string | undefined
  /** Restart count of the job. @default 0 */
  attempt?: number | undefined
  /** @default 0 */
  maxRestarts?: number | undefined
  /** The file to which the rank writes its error. @default none */
  errorFile?: string | undefined
}

/**
 * Returns the environment variables that torchrun sets for a process of this rank. Ranks are numbered node by node. RANKLOG_RANK
 * would override them, so add them to an environment without it: see {@link withoutRank}.
 *
 * TORCHELASTIC_USE_AGENT_STORE is missing on purpose: by it, detection distinguishes torchrun from `ranklog run`.
 */
export function torchrunEnv(
  rank: number,
  {
    worldSize,
    localWorldSize = worldSize,
    masterAddr = '127.0.0.1',
    masterPort = 29500,
    runId = 'none',
    attempt = 0,
    maxRestarts = 0,
    errorFile,
  }: TorchrunJob,
): Record<string, string> {
  return {
    RANK: String(rank),
    WORLD_SIZE: String(worldSize),
    LOCAL_RANK: String(rank % localWorldSize),
    LOCAL_WORLD_SIZE: String(localWorldSize),
    GROUP_RANK: String(Math.floor(rank / localWorldSize)),
    GROUP_WORLD_SIZE: String(Math.ceil(worldSize / localWorldSize)),
    ROLE_RANK: String(rank),
    ROLE_WORLD_SIZE: String(worldSize),
    ROLE_NAME: 'default',
    MASTER_ADDR: masterAddr,
    MASTER_PORT: String(masterPort),
    TORCHELASTIC_RUN_ID: runId,
    TORCHELASTIC_RESTART_COUNT: String(attempt),
    TORCHELASTIC_MAX_RESTARTS: String(maxRestarts),
    ...(errorFile !== undefined && { TORCHELASTIC_ERROR_FILE: errorFile }),
  }
}

const ownVariables = [own.marker, ...Object.values(own.counts).flat()]

/**
 * Returns the environment without the variables that a rank must not inherit from the process that starts it: RANKLOG_RANK and
 * its companions, and those that only torchrun sets.
 */
export function withoutRank(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isInherited = (name: string) => !ownVariables.includes(name) && !name.startsWith('TORCHELASTIC_')
  return Object.fromEntries(Object.entries(env).filter(([name]) => isInherited(name)))
}
