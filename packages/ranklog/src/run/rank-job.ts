import { systemClock } from 'pino-rank-lines/system'
import type { LiveMemory } from 'pino-rank-merge'
import { closeEnds, type RankPipe, rankPipes } from './rank-pipes.ts'
import { type RankEnd, RankProcess } from './rank-process.ts'

export interface RankJobOptions {
  command: readonly string[]
  /** The environments of the ranks, in order. */
  envs: readonly NodeJS.ProcessEnv[]
  /** The first rank on this node. */
  first: number
  /** Time between SIGTERM and SIGKILL, in ms. */
  graceMs: number
  /** A folder that only this run uses. */
  folder: string
  /** `NAME=value` that is in the environment of this attempt's processes and of no others. */
  entry: string
  /** Memory for reading the ranks' pipes ahead. */
  memory: LiveMemory
  /** Called for the first rank that fails, before the others are stopped. */
  onFirstFailure: (end: RankEnd) => void
  /** Called when a rank, or a remaining process of its group, belongs to another user and so cannot be signalled. */
  onRefused: (rank: number, signal: NodeJS.Signals) => void
}

/**
 * The ranks of one attempt. When the first rank fails, the others get SIGTERM, and SIGKILL after the grace time. A stop signal
 * to `ranklog run` does the same. When all ranks have ended, the remaining processes of their groups are killed, and no more
 * signals are sent.
 */
export class RankJob {
  readonly ranks: readonly RankProcess[]
  readonly ended: Promise<RankEnd[]>
  readonly #graceMs: number
  readonly #onRefused: RankJobOptions['onRefused']
  /** Ends the grace time early. */
  #endGrace: (() => void) | undefined
  #hasEnded = false

  /** Starts the ranks. @throws the error of `spawn` */
  constructor({ command, envs, first, graceMs, folder, entry, memory, onFirstFailure, onRefused }: RankJobOptions) {
    this.#graceMs = graceMs
    this.#onRefused = onRefused
    const pipes = rankPipes(2 * envs.length, folder)
    this.ranks = envs.map((env, at) => {
      const own = pipes && ([pipes[2 * at], pipes[2 * at + 1]] as [RankPipe, RankPipe])
      return new RankProcess({ rank: first + at, command, env, stdin: first + at === 0, pipes: own, entry, memory })
    })
    if (pipes) closeEnds(pipes)
    const ends = this.ranks.map(async (rank) => {
      const end = await rank.ended
      if (hasFailed(end) && !this.#endGrace) {
        onFirstFailure(end)
        this.stop('SIGTERM')
      }
      return end
    })
    this.ended = Promise.all(ends).finally(() => {
      this.#hasEnded = true
      this.#endGrace?.()
      for (const rank of this.ranks) if (rank.sweep() === 'refused') onRefused(rank.rank, 'SIGKILL')
    })
  }

  /** Asks all running ranks to end, and starts the grace time. Further calls do nothing, except with `atOnce`, which kills them. */
  stop(signal: NodeJS.Signals, atOnce = false): void {
    if (this.#hasEnded || (this.#endGrace && !atOnce)) return
    this.#send(atOnce ? 'SIGKILL' : signal, true)
    if (!atOnce) this.#endGrace = systemClock.after(this.#graceMs, () => this.#send('SIGKILL', true))
  }

  /** Passes a signal on to the ranks that does not ask them to end. */
  forward(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#send(signal, false)
  }

  #send(signal: NodeJS.Signals, isStopRequest: boolean): void {
    for (const rank of this.ranks)
      if (rank.send(signal, isStopRequest) === 'refused') this.#onRefused(rank.rank, signal)
  }
}

export function hasFailed({ code, signal }: RankEnd): boolean {
  return code !== 0 || signal !== null
}
