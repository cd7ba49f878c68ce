import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { PipeReader } from './pipe-reader.ts'
import type { RankPipe } from './rank-pipes.ts'

/** How a rank ended. */
export interface RankEnd {
  rank: number
  pid: number | undefined
  code: number | null
  signal: NodeJS.Signals | null
  /** On the clock of `performance.now()`. */
  at: number
  /** What was sent to it before, by us. */
  asked: NodeJS.Signals | undefined
}

export interface RankProcessOptions {
  rank: number
  command: readonly string[]
  env: NodeJS.ProcessEnv
  /** Does it read ours? */
  stdin: boolean
  /** Of its stdout and stderr. */
  pipes: readonly [RankPipe, RankPipe] | undefined
}

/** One rank: a process in a group of its own, so that what it started ends with it. */
export class RankProcess {
  readonly rank: number
  readonly ended: Promise<RankEnd>
  /** Its fd 1, as device and inode, where it is a pipe of ours. */
  readonly out: string | undefined
  readonly stdout: PipeReader | Readable
  readonly stderr: PipeReader | Readable
  readonly #child: ChildProcess
  #asked: NodeJS.Signals | undefined
  #over = false

  constructor({ rank, command, env, stdin, pipes }: RankProcessOptions) {
    const [program = '', ...args] = command
    const [out, err] = pipes?.map(({ fd }) => fd) ?? []
    this.rank = rank
    this.out = pipes?.[0].out
    // stdin is ours itself: `process.stdin.pipe` would make fd 1 non-blocking, too, if it is a pipe
    const stdio = [stdin ? 0 : 'ignore', out ?? 'pipe', err ?? 'pipe'] as const
    this.#child = spawn(program, args, { env, detached: true, stdio: [...stdio] })
    this.stdout = pipes?.[0].reads ?? (this.#child.stdout as Readable)
    this.stderr = pipes?.[1].reads ?? (this.#child.stderr as Readable)
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) => {
        this.#over = true
        resolve({ rank, pid: this.#child.pid, code, signal, at: performance.now(), asked: this.#asked })
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** To the rank and all that it started. `asks`: it is to end. */
  send(signal: NodeJS.Signals, asks: boolean): void {
    if (this.#over || this.pid === undefined) return
    if (asks) this.#asked = signal
    sendTo(-this.pid, signal)
  }

  /** Its streams end, whoever holds them. */
  destroy(): void {
    this.stdout.destroy()
    this.stderr.destroy()
  }

  /** What it left behind in its group. */
  sweep(): void {
    if (this.pid !== undefined) sendTo(-this.pid, 'SIGKILL')
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
