import { ManualClock } from '../system/manual-clock.test-kit.ts'
import type { LineSink } from './line-sink.ts'
import { LineWriter } from './line-writer.ts'
import type { LineWriterOptions } from './line-writer-options.ts'

/** A sink in memory that notes its calls. */
export class NotedSink implements LineSink {
  readonly calls: string[] = []

  write(lines: Buffer): number {
    this.calls.push(`${lines}`)
    return lines.length
  }

  sync(done?: (error: Error | null) => void): void {
    this.calls.push(done ? 'sync soon' : 'sync')
    done?.(null)
  }

  moveTo(file: string): void {
    this.calls.push(`move to ${file}`)
  }

  rotate(): void {
    this.calls.push('rotate')
  }

  close(): void {
    this.calls.push('close')
  }
}

export interface NotedWriter {
  writer: LineWriter
  sink: NotedSink
  /** The calls of the sink. */
  calls: string[]
  clock: ManualClock
  reports: string[]
}

/** Returns a writer whose lines wait for 100 ms, or for `flushBytes`. */
export function notedWriter(options: Partial<LineWriterOptions> = {}): NotedWriter {
  const clock = new ManualClock()
  const sink = new NotedSink()
  const reports: string[] = []
  const writer = new LineWriter(sink, {
    name: 'test',
    flushBytes: 20,
    flushMs: 100,
    flushLevel: 50,
    clock,
    report: (line) => reports.push(line),
    ...options,
  })
  return { writer, sink, clock, reports, calls: sink.calls }
}
