import { countText, reportLine } from 'pino-rank/sink'
import { faultReport } from './fault-report.ts'

export interface ReportsOptions {
  /** The start of each report, for example `pino-rank-file: /data/train.log`. */
  name: string
  /** More fields of the record of dropped lines, e.g. `{ rank: 3 }`. @default none */
  extraFields?: Readonly<Record<string, unknown>> | undefined
  /** What happens to the buffered lines while the sink fails. The report of a fault ends with this text. */
  kept: string
  /** The unit that is counted. @default 'line' */
  unit?: 'line' | 'record' | 'value'
  /** Called with each line that is reported outside of the log. @default it is written to stderr */
  report?: ((line: string) => void) | undefined
}

/** The reports of a writer. Each kind of fault is reported once, and each dropped line is counted in one report. */
export class Reports {
  readonly #name: string
  readonly #extraFields: Readonly<Record<string, unknown>> | undefined
  readonly #kept: string
  readonly #unit: 'line' | 'record' | 'value'
  readonly #report: (line: string) => void
  #fault: Error | undefined
  /** The codes of the faults that were reported. All faults without a code are one kind. */
  readonly #reportedCodes = new Set<string | undefined>()
  #reportedDrops = 0

  constructor({ name, extraFields, kept, unit = 'line', report = reportLine }: ReportsOptions) {
    this.#name = name
    this.#extraFields = extraFields
    this.#kept = kept
    this.#unit = unit
    this.#report = report
  }

  /**
   * Reports the fault on stderr, unless one with the same code was reported before.
   *
   * @param kept what happens to the buffered lines. @default the option `kept`
   */
  fault(fault: NodeJS.ErrnoException, kept: string = this.#kept): void {
    this.#fault = fault
    if (this.#reportedCodes.has(fault.code)) return
    this.#reportedCodes.add(fault.code)
    this.#report(faultReport(this.#name, fault, kept))
  }

  /** Reports on stderr that a slow or busy sink has no writer thread. */
  noThread({ message }: Error): void {
    this.#report(`${this.#name}: no writer thread: ${message}; log calls wait while the disk is slow`)
  }

  /** Reports whether lines were dropped since the last report. */
  hasNewDrops(total: number): boolean {
    return total > this.#reportedDrops
  }

  /**
   * Returns a record for the log itself, at level warn, with the number of lines that are missing there. Undefined if none was
   * dropped since the last report.
   */
  drops(total: number): string | undefined {
    const drops = this.#newDrops(total)
    if (drops === 0) return undefined
    const why = this.#fault?.message ?? `${this.#unit}s came faster than they could be written`
    const msg = `${this.#name}: ${countText(drops, this.#unit)} dropped here: ${why}`
    return `${JSON.stringify({ level: 40, time: Date.now(), ...this.#extraFields, drops, msg })}\n`
  }

  /** Reports dropped lines on stderr. Called when the log takes no more records. */
  loss(total: number): void {
    const lost = this.#newDrops(total)
    if (lost === 0) return
    const why = this.#fault?.message ?? 'no more could be written'
    this.#report(`${this.#name}: ${countText(lost, this.#unit)} lost: ${why}`)
  }

  #newDrops(total: number): number {
    const drops = total - this.#reportedDrops
    this.#reportedDrops = total
    return drops
  }
}
