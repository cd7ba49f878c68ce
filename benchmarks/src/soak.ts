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

/** Longest time between two faults, and longest time that one lasts, in ms. */
const maxPause = 1000
const maxFault = 3000

const about = `Writers log 400 lines/s each to one file through a fileStream in its default options, while faults happen by chance (the same for the
same --seed), several at once. Each writer says through a pipe what it is about to log. Young: lost with a killed writer, and
held back while its event loop was blocked (4 ms). Refused: lost with a killed writer, while the disk took nothing. On thread: lost
with a killed writer that a pause in a write had moved to its writer thread, and not written there yet. Fragments: beginnings of lines where a write came short or its writer was killed; the line follows again, whole, unless
its writer was killed. Unexplained: neither; there must be none.`

/** Is any line lost or torn, whatever happens, that may not be? */
export async function soak(settings: Settings): Promise<Table[]> {
  const { minutes, seed, dir, tell } = settings
  const folder = join(dir, 'soak')
  const bytes = Math.ceil(minutes * 60 * 8 * 400 * 150 * 2) + 2 ** 24 // holds the soak twice
  const room = mountTmpfs(folder, bytes) ? bytes : undefined
  const worldSize = settings.worldSizes[0] as number
  const stage = new Stage(folder, worldSize, seed, room)
  const until = performance.now() + minutes * 60_000
  const killAll = () => stage.killAll()
  process.on('exit', killAll)
  const counts = await stage.play(until, (left) => tell(`${Math.ceil(left / 1000)} s left`)).finally(killAll)
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

/** The writers, of which any may be in its next life, and what happens to them. */
class Stage implements Scene {
  readonly dir: string
  readonly path: string
  readonly random: () => number
  readonly room?: number
  count = 0
  readonly #worldSize: number
  readonly #end: string
  readonly #living: SoakWriter[] = []
  readonly #lives: SoakWriter[] = []

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
    for (const writer of this.#living) writer.send(signal)
  }

  pick(): SoakWriter {
    return this.#living[Math.floor(this.random() * this.#worldSize)] as SoakWriter
  }

  async restart(writer: SoakWriter): Promise<void> {
    await writer.gone()
    const { rank, attempt } = writer.job
    if (this.#living[rank] === writer) this.#start(rank, attempt + 1)
  }

  /** Faults one after another, each for its time; at the end all is well again. */
  async play(until: number, tell: (left: number) => void): Promise<Record<string, number>> {
    const faults = Object.entries(soakFaults(this))
    const times = Object.fromEntries(faults.map(([name]) => [name, 0]))
    const under: Promise<void>[] = []
    while (performance.now() < until) {
      tell(until - performance.now())
      await pause(this.random() * maxPause)
      const [name, fault] = faults[Math.floor(this.random() * faults.length)] as (typeof faults)[number]
      const mend = fault(this)
      times[name] = (times[name] ?? 0) + 1
      this.count++
      under.push(pause(this.random() * maxFault).then(mend))
    }
    await Promise.all(under)
    writeFileSync(this.#end, '')
    await Promise.all(this.#living.map((writer) => writer.gone()))
    return times
  }

  killAll(): void {
    this.sendAll('SIGKILL')
  }

  verdict(): Verdict {
    const files = readdirSync(this.dir).map((name) => join(this.dir, name))
    const lives = this.#lives.map(({ job: { rank, attempt }, ticks, signal }) => {
      return { rank, attempt, ticks, killed: signal === 'SIGKILL' }
    })
    return soakVerdict(files, lives)
  }

  #start(rank: number, attempt: number): void {
    const writer = new SoakWriter({ path: this.path, rank, attempt, end: this.#end }, this.#worldSize)
    this.#living[rank] = writer
    this.#lives.push(writer)
  }
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
