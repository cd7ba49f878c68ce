import { randomBytes } from 'node:crypto'
import { CollectorSocket, newSocketPath, socketEnv } from 'pino-rank-stdout/collector'

/** How long the first lines of loggers wait for those of the other ranks, whose threads may start a little later. */
const startWindowMs = 250

export interface RunCollectorOptions {
  runKey: string
  attempt: number
  /** The ranks of this node. */
  names: readonly string[]
  env: NodeJS.ProcessEnv
  /** Is it the stdout of one of our ranks, as device and inode? */
  isOurs: (out: string) => boolean
  warn: (text: string) => void
}

/** Where ranks that log to pino-rank-stdout send their lines, and what they need to find it. Without it they print them. */
export async function runCollector(
  options: RunCollectorOptions,
): Promise<{ collector: CollectorSocket; env: Record<string, string> }> {
  const { names, env, isOurs, warn } = options
  const token = randomBytes(16).toString('hex')
  const collector = new CollectorSocket({ ranks: names, startWindowMs, token, isOurs, warn })
  try {
    const path = newSocketPath(options, env)
    if (await collector.listen(path)) return { collector, env: { RANKLOG_TOKEN: token, ...socketEnv(path) } }
    warn(`another process collects the run ${options.runKey} here; ranks print their lines`)
  } catch (error) {
    warn(`${(error as Error).message}; ranks print their lines`)
  }
  return { collector, env: {} }
}
