import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { mountTmpfs } from '../../packages/ranklog-bench/dist/disks/tmpfs.js'
import { randomFrom } from '../../packages/ranklog-bench/dist/stats/stats.js'
import type { Settings } from './settings.ts'
import { type Scene, soakFaults } from './soak-faults.ts'
import { soakVerdict, type Verdict } from './soak-verdict.ts'
import { SoakWriter } from './soak-writer.ts'
import type { Table } from './table.ts'

/** Maximum time between two faults, in ms. */
const maxPause = 1000
/** Maximum duration of a fault, in ms. */
const maxFault = 3000

const about = `Writers log 400 lines/s each to one file, through a fileStream with its default options, while random faults happen, several at
once. The faults depend only on --seed. Each writer reports through a pipe what it is about to log. Young, refused, on thread: lines
lost when their writer was killed. Young: they were not written yet, because the event loop was blocked (4 ms). Refused: the disk did not
accept them. On thread: a slow write had moved the writer to its writer thread, which had not written them. Fragments: beginnings of lines
after a short write or a kill; the line follows again, whole, unless its writer was killed. Unexplained: lost for none of these
reasons; there must be none.`

/** Checks that no line is lost or torn that must not be, during random faults. */
export async function soak(settings: Settings): Promise<Table[]> {
  const { minutes, seed, dir, onProgress } = settings
  const folder = join(dir, 'soak')
  const bytes = Math.ceil(minutes * 60 * 8 * 400 * 150 * 2) + 2 ** 24 // twice the size of the log
  const room = mountTmpfs(folder, bytes) ? bytes : undefined
  const worldSize = settings.worldSizes[0] as number
  const stage = new Stage(folder, worldSize, seed, room)
  const until = performance.now() + minutes * 60_000
  const killAll = () => stage.killAll()
  process.on('exit', killAll)
  const counts = await stage.play(until, (left) => onProgress(`${Math.ceil(left / 1000)} s left`)).finally(killAll)
  process.off('exit', killAll)
  const verdict = stage.verdict()
  const wrong = verdict.unexplained + verdict.torn + verdict.twice
  const title = `${worldSize} writers, ${+minutes.toPrecision(2)} min, seed ${seed}`
  return [
    { title: `${title}: faults`, about, rows: Object.entries(counts).map(([fault, times]) => ({ fault, times })) },
    {
      title: `${title}: lines`,
      about,
      rows: Object.entries(verdict).map(([lines, count]) => ({ lines: words(lines), count })),
      ...(wrong > 0 && { failure: `${wrong} lines are unexplained, torn or doubled` }),
    },
  ]
}

/** Starts the writers, and starts killed ones again, while faults happen. */
class Stage implements Scene {
  readonly dir: string
  readonly path: string
  readonly random: () => number
  readonly room?: number
  count = 0
  readonly #worldSize: number
  readonly #end: string
  /** The running writer of each rank. */
  readonly #running: SoakWriter[] = []
  /** All writers, including those that have ended. */
  readonly #all: SoakWriter[] = []

  constructor(dir: string, worldSize: number, seed: number, room: number | undefined) {
    this.dir = dir
    this.path = join(dir, 'train.log')
    this.#end = `${dir}.end`
    this.random = randomFrom(seed)
    this.#worldSize = worldSize
    if (room !== undefined) this.room = room
    for (let rank = 0; rank < worldSize; rank++) this.#start(rank, 0)
  }

  sendAll(signal: NodeJS.Signals): void {
    for (const writer of this.#running) writer.send(signal)
  }

  pick(): SoakWriter {
    return this.#running[Math.floor(this.random() * this.#worldSize)] as SoakWriter
  }

  async restart(writer: SoakWriter): Promise<void> {
    await writer.ended()
    const { rank, attempt } = writer.job
    if (this.#running[rank] === writer) this.#start(rank, attempt + 1)
  }

  /** Causes faults until a time, each for a random duration, then ends all faults and writers. Returns the count of each fault. */
  async play(until: number, onProgress: (left: number) => void): Promise<Record<string, number>> {
    const faults = Object.entries(soakFaults(this))
    const times = Object.fromEntries(faults.map(([name]) => [name, 0]))
    const pending: Promise<void>[] = []
    while (performance.now() < until) {
      onProgress(until - performance.now())
      await pause(this.random() * maxPause)
      const [name, fault] = faults[Math.floor(this.random() * faults.length)] as (typeof faults)[number]
      const endFault = fault(this)
      times[name] = (times[name] ?? 0) + 1
      this.count++
      pending.push(pause(this.random() * maxFault).then(endFault))
    }
    await Promise.all(pending)
    writeFileSync(this.#end, '')
    await Promise.all(this.#running.map((writer) => writer.ended()))
    return times
  }

  killAll(): void {
    this.sendAll('SIGKILL')
  }

  verdict(): Verdict {
    const files = readdirSync(this.dir).map((name) => join(this.dir, name))
    const lives = this.#all.map(({ job: { rank, attempt }, ticks, signal }) => {
      return { rank, attempt, ticks, killed: signal === 'SIGKILL' }
    })
    return soakVerdict(files, lives)
  }

  #start(rank: number, attempt: number): void {
    const writer = new SoakWriter({ path: this.path, rank, attempt, end: this.#end }, this.#worldSize)
    this.#running[rank] = writer
    this.#all.push(writer)
  }
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
