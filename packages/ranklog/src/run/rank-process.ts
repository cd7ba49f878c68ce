import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { pidExists, readProcessStat } from 'pino-rank/process'
import type { LiveMemory } from 'pino-rank-merge'
import type { PipeReader } from './pipe-reader.ts'
import type { RankPipe } from './rank-pipes.ts'
import { type Delivery, deliver, RemainingGroup } from './remaining-group.ts'
import { flagsOf, WriteMode } from './write-mode.ts'

/** How a rank ended. */
export interface RankEnd {
  rank: number
  pid: number | undefined
  code: number | null
  signal: NodeJS.Signals | null
  /** Time of its end, on the clock of `performance.now()`. */
  at: number
  /** The signal that we sent to stop the rank before it ended. Undefined if we sent none. */
  stopSignal: NodeJS.Signals | undefined
}

export interface RankProcessOptions {
  rank: number
  command: readonly string[]
  env: NodeJS.ProcessEnv
  /** True if the rank gets our stdin. */
  stdin: boolean
  /** The pipes of its stdout and stderr. */
  pipes: readonly [RankPipe, RankPipe] | undefined
  /** `NAME=value` that is in the environment of this attempt's processes and of no others. */
  entry: string
  /** Memory for reading the rank's pipes ahead. */
  memory: LiveMemory
}

/** A rank: a process with its own process group and session, so that the processes that it starts can be ended with it. */
export class RankProcess {
  readonly rank: number
  readonly ended: Promise<RankEnd>
  /** Device and inode of its stdout, if that is one of our pipes. */
  readonly out: string | undefined
  readonly stdout: PipeReader | Readable
  readonly stderr: PipeReader | Readable
  /** How the rank writes to its stdout and stderr. */
  readonly writeModes: readonly [WriteMode, WriteMode]
  readonly #child: ChildProcess
  readonly #startTime: string | undefined
  #stopSignal: NodeJS.Signals | undefined
  /** The remaining processes of its group. Set when the rank has ended. */
  #remaining: RemainingGroup | undefined

  constructor({ rank, command, env, stdin, pipes, entry, memory }: RankProcessOptions) {
    const [program = '', ...args] = command
    const [out, err] = pipes?.map(({ fd }) => fd) ?? []
    this.rank = rank
    this.out = pipes?.[0].out
    // stdin is inherited and not piped through: `process.stdin.pipe` could make our stdout non-blocking
    const stdio = [stdin ? 0 : 'ignore', out ?? 'pipe', err ?? 'pipe'] as const
    this.#child = spawn(program, args, { env, detached: true, stdio: [...stdio] })
    const { pid } = this.#child
    this.#startTime = pid === undefined ? undefined : readProcessStat(pid)?.startTime
    this.stdout = pipes?.[0].reader ?? (this.#child.stdout as Readable)
    this.stderr = pipes?.[1].reader ?? (this.#child.stderr as Readable)
    const modeOf = (fd: number) => new WriteMode(() => flagsOf(pid, fd))
    this.writeModes = [modeOf(1), modeOf(2)]
    const owner = `${rank}`
    for (const [at, { reader }] of pipes?.entries() ?? [])
      reader.ahead = {
        isNeeded: () => this.writeModes[at]?.isBlocking === false,
        take: () => memory.take(owner),
        release: (block) => memory.release(owner, block),
      }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) => {
        if (pid !== undefined) this.#remaining = new RemainingGroup(pid, entry)
        resolve({ rank, pid, code, signal, at: performance.now(), stopSignal: this.#stopSignal })
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /**
   * Sends a signal to the rank and its process group, unless the rank itself has ended.
   *
   * @param isStopRequest true if the signal asks the rank to end
   */
  send(signal: NodeJS.Signals, isStopRequest: boolean): Delivery {
    const { pid } = this.#child
    if (pid === undefined || !this.#hasPid(pid)) return 'gone'
    const delivery = deliver(() => process.kill(-pid, signal))
    if (isStopRequest && delivery === 'sent') this.#stopSignal = signal
    return delivery
  }

  /** Ends its streams, even if another process still has them open. */
  destroy(): void {
    this.stdout.destroy()
    this.stderr.destroy()
  }

  /** Kills the remaining processes of the rank's group, and the rank itself if it is still running. */
  sweep(): Delivery {
    return this.#remaining ? this.#remaining.kill() : this.send('SIGKILL', false)
  }

  /**
   * Reports whether the PID still belongs to the rank. After the rank's end it may belong to another process even before the
   * `exit` event, because Node first waits for the process and then emits the event.
   */
  #hasPid(pid: number): boolean {
    if (this.#remaining) return false
    if (this.#startTime === undefined) return true // the system does not show start times
    const stat = readProcessStat(pid)
    return stat ? stat.startTime === this.#startTime : pidExists(pid)
  }
}
