import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { SoakJob, Tick } from './soak-rank.ts'
import { rankEnvironment } from './start-process.ts'

const program = fileURLToPath(new URL('./soak-rank.js', import.meta.url))

/** A process of a writer, and its reports, which it sends through a pipe before it logs. */
export class SoakWriter {
  readonly job: SoakJob
  readonly ticks: Tick[] = []
  /** The signal that ended it. Null if it exited. */
  signal: NodeJS.Signals | null = null
  readonly #child: ChildProcess
  readonly #ended: Promise<void>

  constructor(job: SoakJob, worldSize: number) {
    this.job = job
    this.#child = spawn(process.execPath, [program, JSON.stringify(job)], {
      env: rankEnvironment({ rank: job.rank, worldSize }),
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'], // its stderr has reports of the faults, which the soak counts itself
    })
    const pipe = createInterface(this.#child.stdio[3] as Readable)
    pipe.on('line', (line) => this.ticks.push(JSON.parse(line)))
    this.#ended = Promise.all([once(this.#child, 'exit'), once(pipe, 'close')]).then(([[code, signal]]) => {
      if (code !== 0 && signal !== 'SIGKILL') throw new Error(`writer ${job.rank} ended by itself: ${code ?? signal}`)
      this.signal = signal
    })
    this.#ended.catch(() => {}) // ended() rejects with the error
  }

  get pid(): number {
    return this.#child.pid as number
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves when the process has ended and all of its reports are read. */
  async ended(): Promise<void> {
    await this.#ended
  }
}
