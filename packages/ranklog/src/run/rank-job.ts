import { systemClock } from 'pino-rank-lines/system'
import type { LiveMemory } from 'pino-rank-merge'
import { closeEnds, type RankPipe, rankPipes } from './rank-pipes.ts'
import { type RankEnd, RankProcess } from './rank-process.ts'

export interface RankJobOptions {
  command: readonly string[]
  /** Of each rank, the first of this node first. */
  envs: readonly NodeJS.ProcessEnv[]
  /** Number of the first rank. */
  first: number
  /** Between SIGTERM and SIGKILL, in ms. */
  graceMs: number
  /** Nobody else's. */
  folder: string
  /** `NAME=value` that is in each of the environments, and in no other process's. */
  entry: string
  /** For reading the ranks' pipes ahead. */
  memory: LiveMemory
  /** Called for the first rank that fails, before the others are ended. */
  onFirstFailure: (end: RankEnd) => void
  /** Called when a rank, or a process that it left behind, may not be signalled because it belongs to another user. */
  onRefused: (rank: number, signal: NodeJS.Signals) => void
}

/**
 * The ranks of one attempt. The first rank that fails ends the others: with SIGTERM, and with SIGKILL after the grace time. A
 * forwarded signal ends no rank by itself. A signal that asks the ranks to end starts the grace time. When all ranks have ended,
 * the processes that they left behind are killed, and no more signals are sent.
 */
export class RankJob {
  readonly ranks: readonly RankProcess[]
  readonly ended: Promise<RankEnd[]>
  readonly #graceMs: number
  readonly #onRefused: RankJobOptions['onRefused']
  /** Ends the grace time early. */
  #endGrace: (() => void) | undefined
  #hasEnded = false

  /** @throws what `spawn` throws */
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

  /** Asks all running ranks to end, once. `atOnce` kills them. */
  stop(signal: NodeJS.Signals, atOnce = false): void {
    if (this.#hasEnded || (this.#endGrace && !atOnce)) return
    this.#send(atOnce ? 'SIGKILL' : signal, true)
    if (!atOnce) this.#endGrace = systemClock.after(this.#graceMs, () => this.#send('SIGKILL', true))
  }

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
