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
  /** Told of the first that fails, before the others are ended. */
  failed: (end: RankEnd) => void
}

/**
 * The ranks of one attempt. The first that fails ends the others: SIGTERM, and SIGKILL after the grace time. A signal that is
 * forwarded ends no rank by itself; one that asks to end starts the grace time.
 */
export class RankJob {
  readonly ranks: readonly RankProcess[]
  readonly ended: Promise<RankEnd[]>
  readonly #graceMs: number
  #timer: NodeJS.Timeout | undefined

  /** @throws what `spawn` throws */
  constructor({ command, envs, first, graceMs, folder, failed }: RankJobOptions) {
    this.#graceMs = graceMs
    const pipes = rankPipes(2 * envs.length, folder)
    this.ranks = envs.map((env, at) => {
      const own = pipes && ([pipes[2 * at], pipes[2 * at + 1]] as [RankPipe, RankPipe])
      return new RankProcess({ rank: first + at, command, env, stdin: first + at === 0, pipes: own })
    })
    if (pipes) closeEnds(pipes)
    const ends = this.ranks.map(async (rank) => {
      const end = await rank.ended
      if (hasFailed(end) && !this.#timer) {
        failed(end)
        this.stop('SIGTERM')
      }
      return end
    })
    this.ended = Promise.all(ends).finally(() => {
      clearTimeout(this.#timer)
      for (const rank of this.ranks) rank.sweep()
    })
  }

  /** Asks all that live to end, once; the second time they have no choice. */
  stop(signal: NodeJS.Signals, atOnce = false): void {
    if (this.#timer && !atOnce) return
    this.#send(atOnce ? 'SIGKILL' : signal, true)
    if (!atOnce) this.#timer ??= setTimeout(() => this.#send('SIGKILL', true), this.#graceMs)
  }

  forward(signal: NodeJS.Signals): void {
    this.#send(signal, false)
  }

  #send(signal: NodeJS.Signals, asks: boolean): void {
    for (const rank of this.ranks) rank.send(signal, asks)
  }
}

export function hasFailed({ code, signal }: RankEnd): boolean {
  return code !== 0 || signal !== null
}
