/** What all ranks of a job have in common. */
export interface Job {
  runId: string
  attempt: number
  maxRestarts: number
  nodes: number
  nodeRank: number
  /** Ranks on each node. */
  perNode: number
  address: string
  port: number
}

/** What says of a process which rank it is, or where its ranks are logged: none of it is handed on. */
const inherited = /^(RANKLOG_(RANK|WORLD_SIZE|LOCAL_RANK|LOCAL_WORLD_SIZE|NODE_RANK|ATTEMPT)|TORCHELASTIC_.*)$/

/** The environment of a rank, in torchrun's names: what nests below, torchrun too, may set them anew. */
export function rankEnv(given: NodeJS.ProcessEnv, job: Job, localRank: number, errorFile: string): NodeJS.ProcessEnv {
  const own = Object.entries(given).filter(([name]) => !inherited.test(name))
  const rank = job.nodeRank * job.perNode + localRank
  const worldSize = job.nodes * job.perNode
  return {
    ...Object.fromEntries(own),
    RANK: String(rank),
    LOCAL_RANK: String(localRank),
    WORLD_SIZE: String(worldSize),
    LOCAL_WORLD_SIZE: String(job.perNode),
    GROUP_RANK: String(job.nodeRank),
    GROUP_WORLD_SIZE: String(job.nodes),
    ROLE_RANK: String(rank),
    ROLE_WORLD_SIZE: String(worldSize),
    ROLE_NAME: 'default',
    MASTER_ADDR: job.address,
    MASTER_PORT: String(job.port),
    TORCHELASTIC_RUN_ID: job.runId,
    TORCHELASTIC_RESTART_COUNT: String(job.attempt),
    TORCHELASTIC_MAX_RESTARTS: String(job.maxRestarts),
    TORCHELASTIC_ERROR_FILE: errorFile,
    RANKLOG_RUN_ID: job.runId,
  }
}
