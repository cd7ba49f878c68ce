import { stripVTControlCharacters } from 'node:util'

/** A terminal, or what stands for one. */
export interface Screen {
  readonly columns?: number
  write(text: string): unknown
}

interface ShownRecord {
  time: number
  level: number
  rank: number
  msg?: string
  err?: { message: string }
  hparams?: object
  metrics?: Record<string, number>
  step?: number
  epoch?: number
  shardLoss?: number
}

const levels: Record<number, string> = { 30: 'info', 40: 'WARN', 50: 'ERROR' }

/**
 * Shows records on a terminal, one line each, with the rank in front. It shows what a person looks for: warnings, errors, messages, the
 * metrics of each epoch, and the first record of each rank's own loss. The other records are counted.
 */
export class DemoScreen {
  readonly #screen: Screen
  readonly #ranksShown = new Set<number>()
  #hidden = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Takes a line of the log. A line that is no record is shown as it is. */
  take(line: string): void {
    const record = recordOf(line)
    if (record && !this.#isShown(record)) this.#hidden++
    else this.#write(record ? textOf(record) : line)
  }

  /** Writes how many records were not shown. */
  end(): void {
    if (this.#hidden > 0) this.#write(`… and ${this.#hidden} more records in the files`)
  }

  #isShown({ level, rank, metrics, shardLoss }: ShownRecord): boolean {
    if (level > 30) return true
    if (metrics) return 'val_acc' in metrics
    if (shardLoss === undefined) return true
    if (this.#ranksShown.has(rank)) return false
    this.#ranksShown.add(rank)
    return true
  }

  /** One line of the terminal: a longer one is cut. */
  #write(text: string): void {
    const width = (this.#screen.columns || 100) - 1
    const characters = [...stripVTControlCharacters(text)]
    const cut = characters.length > width ? [...characters.slice(0, width - 1), '…'] : characters
    this.#screen.write(`${cut.join('')}\n`)
  }
}

function recordOf(line: string): ShownRecord | undefined {
  try {
    const record = JSON.parse(line)
    return typeof record === 'object' && record !== null && typeof record.level === 'number' ? record : undefined
  } catch {
    return undefined
  }
}

function textOf({ time, level, rank, msg, err, hparams, metrics, step, epoch, shardLoss }: ShownRecord): string {
  const at = new Date(time).toISOString().slice(11, 23)
  const values = Object.entries({ ...hparams, ...metrics, ...(shardLoss !== undefined && { shardLoss }) })
  const parts = [
    msg,
    err?.message,
    epoch !== undefined && metrics && `epoch ${epoch}`,
    step !== undefined && `step ${step}`,
    ...values.map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`),
  ]
  return `[${rank}] ${at} ${(levels[level] ?? String(level)).padEnd(5)} ${parts.filter(Boolean).join('  ')}`
}
