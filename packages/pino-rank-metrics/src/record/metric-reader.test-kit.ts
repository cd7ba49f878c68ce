import { MetricReader } from './metric-reader.ts'
import type { MetricRecord } from './metric-record.ts'
import { NameWarnings } from './name-warnings.ts'

/** Reads chunks of text. Returns the metric records in them, and the reports. */
export function read(...chunks: string[]): { records: MetricRecord[]; reports: string[] } {
  const records: MetricRecord[] = []
  const reports: string[] = []
  const reader = new MetricReader(new NameWarnings('test', (line) => reports.push(line)))
  for (const chunk of chunks) reader.read(chunk, (record) => records.push(record))
  reader.end((record) => records.push(record))
  return { records, reports }
}

/** Returns the line of a record. */
export const line = (fields: object): string => `${JSON.stringify({ level: 30, time: 1_700_000_000_000, ...fields })}\n`
