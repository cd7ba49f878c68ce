import { torchrunEnv, withoutRank } from 'pino-rank/launch'

/** The settings that all ranks of a job share. */
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

/** Returns the environment of a rank, with torchrun's variables. A launcher that the rank starts, such as torchrun, may replace them. */
export function rankEnv(given: NodeJS.ProcessEnv, job: Job, localRank: number, errorFile: string): NodeJS.ProcessEnv {
  const variables = torchrunEnv(job.nodeRank * job.perNode + localRank, {
    worldSize: job.nodes * job.perNode,
    localWorldSize: job.perNode,
    masterAddr: job.address,
    masterPort: job.port,
    runId: job.runId,
    attempt: job.attempt,
    maxRestarts: job.maxRestarts,
    errorFile,
  })
  return { ...withoutRank(given), ...variables, RANKLOG_RUN_ID: job.runId }
}
