import { torchrunEnv } from 'pino-rank/launch'
import { type Exit, type Owner, type ProcessOptions, startProgram, type TestProcess } from './start-process.ts'

export interface RankOptions extends ProcessOptions {
  worldSize: number
  /** The arguments of the program. */
  args: readonly string[]
}

export interface JobOptions extends Omit<RankOptions, 'worldSize'> {
  /** Number of ranks. */
  ranks: number
  /** The one rank to start. @default all */
  only?: number
}

/**
 * Starts a program as one rank of a torchrun job on one node. `env` may replace variables of torchrun. By default its
 * stdout is ignored.
 */
export function startRank(
  owner: Owner,
  program: URL | string,
  rank: number,
  { worldSize, args, env, ...options }: RankOptions,
): TestProcess {
  const job = torchrunEnv(rank, { worldSize, runId: 'conformance' })
  return startProgram(owner, program, args, { stdout: 'ignore', ...options, env: { ...job, ...env } })
}

/** Runs all ranks of a job at once, to their ends. A rank that sends the message `send SIGTERM` gets that signal. */
export function runRanks(
  owner: Owner,
  program: URL | string,
  { ranks, only, ...options }: JobOptions,
): Promise<Exit[]> {
  const all = Array.from({ length: ranks }, (_, rank) => rank)
  const exits = all
    .filter((rank) => only === undefined || rank === only)
    .map((rank) => {
      const started = startRank(owner, program, rank, { ...options, worldSize: ranks })
      started.child.on('message', (message) => message === 'send SIGTERM' && started.kill('SIGTERM'))
      return started.exit
    })
  return Promise.all(exits)
}
