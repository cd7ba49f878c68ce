import { escapeLine } from 'pino-rank/sink'

/** The terminal to write to, or a stand-in of a test. */
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
 * Shows records on a terminal, one line each, after the rank: warnings, errors, messages, the metrics of each epoch, and the
 * first loss of each rank. The other records are counted.
 */
export class DemoScreen {
  readonly #screen: Screen
  readonly #ranksShown = new Set<number>()
  #hidden = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Takes a line of the log. A line that is not a record is shown unchanged. */
  take(line: string): void {
    const record = recordOf(line)
    if (record && !this.#isShown(record)) this.#hidden++
    else this.#write(record ? textOf(record) : line)
  }

  /** Writes the number of records that were not shown. */
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

  /** Writes a line, cut to the width of the terminal. */
  #write(text: string): void {
    const width = (this.#screen.columns || 100) - 1
    const characters = [...escapeLine(text)]
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
