import { randomBytes } from 'node:crypto'
import { CollectorSocket, newSocketPath, socketEnv } from 'pino-rank-stdout/collector'

/** How long the first lines wait for those of other ranks, in ms, because the threads of their loggers may start a little later. */
const startWindowMs = 250

export interface RunCollectorOptions {
  runKey: string
  attempt: number
  /** The ranks of this node. */
  names: readonly string[]
  env: NodeJS.ProcessEnv
  /** Reports whether a file, given as device and inode, is the stdout of one of our ranks. */
  isOurs: (out: string) => boolean
  warn: (text: string) => void
}

/**
 * Starts the collector to which ranks with pino-rank-stdout send their lines. Returns it with the environment variables by which
 * they find it. If it cannot listen, there are no variables, and the ranks print their lines.
 */
export async function runCollector(
  options: RunCollectorOptions,
): Promise<{ collector: CollectorSocket; env: Record<string, string> }> {
  const { names, env, isOurs, warn } = options
  const token = randomBytes(16).toString('hex')
  const collector = new CollectorSocket({ ranks: names, startWindowMs, token, isOurs, warn })
  try {
    const path = newSocketPath(options, env)
    if (await collector.listen(path)) return { collector, env: { RANKLOG_TOKEN: token, ...socketEnv(path) } }
    warn(
      `another process on this host already collects the lines of run ${options.runKey}; the ranks print their lines`,
    )
  } catch (error) {
    warn(`${(error as Error).message}; the ranks print their lines`)
  }
  return { collector, env: {} }
}
