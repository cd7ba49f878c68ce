import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { SoakJob, Tick } from './soak-rank.ts'
import { rankEnvironment } from './start-process.ts'

const program = fileURLToPath(new URL('./soak-rank.js', import.meta.url))

/** One life of a writer, and what it said through a pipe before it logged. */
export class SoakWriter {
  readonly job: SoakJob
  readonly ticks: Tick[] = []
  /** By what it died; null: it ended by itself. */
  signal: NodeJS.Signals | null = null
  readonly #child: ChildProcess
  readonly #gone: Promise<void>

  constructor(job: SoakJob, worldSize: number) {
    this.job = job
    this.#child = spawn(process.execPath, [program, JSON.stringify(job)], {
      env: rankEnvironment({ rank: job.rank, worldSize }),
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'], // its stderr says what the faults do: that is counted here
    })
    const pipe = createInterface(this.#child.stdio[3] as Readable)
    pipe.on('line', (line) => this.ticks.push(JSON.parse(line)))
    this.#gone = Promise.all([once(this.#child, 'exit'), once(pipe, 'close')]).then(([[code, signal]]) => {
      if (code !== 0 && signal !== 'SIGKILL') throw new Error(`writer ${job.rank} ended by itself: ${code ?? signal}`)
      this.signal = signal
    })
    this.#gone.catch(() => {}) // gone() tells
  }

  get pid(): number {
    return this.#child.pid as number
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Its process has ended, and all that it said has been read. */
  async gone(): Promise<void> {
    await this.#gone
  }
}
