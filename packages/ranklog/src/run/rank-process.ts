import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { pidExists, readProcessStat } from 'pino-rank/process'
import type { LiveMemory } from 'pino-rank-merge'
import { type Delivery, deliver, LeftGroup } from './left-group.ts'
import type { PipeReader } from './pipe-reader.ts'
import type { RankPipe } from './rank-pipes.ts'
import { flagsOf, WriteMode } from './write-mode.ts'

/** How a rank ended. */
export interface RankEnd {
  rank: number
  pid: number | undefined
  code: number | null
  signal: NodeJS.Signals | null
  /** On the clock of `performance.now()`. */
  at: number
  /** The signal by which we asked it to end before, if we did. */
  stopSignal: NodeJS.Signals | undefined
}

export interface RankProcessOptions {
  rank: number
  command: readonly string[]
  env: NodeJS.ProcessEnv
  /** Does it read ours? */
  stdin: boolean
  /** Of its stdout and stderr. */
  pipes: readonly [RankPipe, RankPipe] | undefined
  /** `NAME=value` that is in the environment of this attempt's processes and of no others. */
  entry: string
  /** For reading the rank's pipes ahead. */
  memory: LiveMemory
}

/** One rank: a process with a group and a session of its own, so that the processes it started end with it. */
export class RankProcess {
  readonly rank: number
  readonly ended: Promise<RankEnd>
  /** Its fd 1, as device and inode, where it is a pipe of ours. */
  readonly out: string | undefined
  readonly stdout: PipeReader | Readable
  readonly stderr: PipeReader | Readable
  /** How the rank writes to its stdout and stderr. */
  readonly writeModes: readonly [WriteMode, WriteMode]
  readonly #child: ChildProcess
  readonly #startTime: string | undefined
  #stopSignal: NodeJS.Signals | undefined
  /** Set once the rank has ended. */
  #left: LeftGroup | undefined

  constructor({ rank, command, env, stdin, pipes, entry, memory }: RankProcessOptions) {
    const [program = '', ...args] = command
    const [out, err] = pipes?.map(({ fd }) => fd) ?? []
    this.rank = rank
    this.out = pipes?.[0].out
    // stdin is ours itself: `process.stdin.pipe` would make fd 1 non-blocking, too, if it is a pipe
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
        if (pid !== undefined) this.#left = new LeftGroup(pid, entry)
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
   * @param isStopRequest whether the signal asks the rank to end
   */
  send(signal: NodeJS.Signals, isStopRequest: boolean): Delivery {
    const { pid } = this.#child
    if (pid === undefined || !this.#hasNumber(pid)) return 'nobody'
    const delivery = deliver(() => process.kill(-pid, signal))
    if (isStopRequest && delivery === 'sent') this.#stopSignal = signal
    return delivery
  }

  /** Its streams end, whoever holds them. */
  destroy(): void {
    this.stdout.destroy()
    this.stderr.destroy()
  }

  /** Kills the processes that the rank left behind in its group, and the rank itself if it is still running. */
  sweep(): Delivery {
    return this.#left ? this.#left.kill() : this.send('SIGKILL', false)
  }

  /**
   * Reports whether the process number is still the rank's: the rank is running, or nobody has waited for it yet. Node may wait for it
   * before it emits the exit event.
   */
  #hasNumber(pid: number): boolean {
    if (this.#left) return false
    if (this.#startTime === undefined) return true // the system does not show start times
    const stat = readProcessStat(pid)
    return stat ? stat.startTime === this.#startTime : pidExists(pid)
  }
}
