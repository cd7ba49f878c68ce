import type { MetricRecord, RunEnd } from '../record/index.ts'
import type { MetricStats, RunWriter } from './run-writer.ts'

/** A run that stores its records and its ends in memory. */
export class MemoryRun implements RunWriter {
  readonly records: MetricRecord[] = []
  readonly ends: (RunEnd | undefined)[] = []
  flushes = 0
  /** Number of dropped records that `stats()` returns. */
  drops = 0
  /** The error with which `flush` fails, while it is set. */
  fault: Error | undefined

  write(record: MetricRecord): void {
    this.records.push(record)
  }

  flush(): void {
    this.flushes++
    if (this.fault) throw this.fault
  }

  async close(end: RunEnd | undefined): Promise<void> {
    this.ends.push(end)
  }

  stats(): MetricStats {
    return { records: this.records.length, values: 0, flushes: this.flushes, drops: this.drops, errors: 0 }
  }
}
