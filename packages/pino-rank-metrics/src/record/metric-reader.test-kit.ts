import { MetricReader } from './metric-reader.ts'
import type { MetricRecord } from './metric-record.ts'
import { NameWarnings } from './name-warnings.ts'

/** Reads chunks of text. Returns the metric records in them, and what is reported. */
export function read(...chunks: string[]): { records: MetricRecord[]; said: string[] } {
  const records: MetricRecord[] = []
  const said: string[] = []
  const reader = new MetricReader(new NameWarnings('test', (line) => said.push(line)))
  for (const chunk of chunks) reader.read(chunk, (record) => records.push(record))
  reader.end((record) => records.push(record))
  return { records, said }
}

/** Returns the line of a record. */
export const line = (fields: object): string => `${JSON.stringify({ level: 30, time: 1_700_000_000_000, ...fields })}\n`
