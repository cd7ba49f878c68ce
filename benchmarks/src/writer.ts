import type { Settings } from './settings.ts'
import type { Table } from './table.ts'
import { measureGroup, type WriterGroup } from './writer-group.ts'

const target = { wall: 1, cpu: 0.9 }
const faster = { wall: 1 }

const alone: WriterGroup[] = [
  {
    title: 'One rank: thin margins',
    worldSize: 1,
    share: 1,
    comparisons: [
      ['no-op stream', 'no-op stream'],
      ['pino/file', 'pino/file'],
      ['fileStream', 'no-op stream', { wall: 1.3 }],
      ['fileStream, plain pino', 'no-op stream', { wall: 1.3 }],
      ['join, encode, write', 'no-op stream', { wall: 1.3 }],
      ['fileStream', 'pino/file', { wall: 0.5 }],
      ['join, encode, write', 'pino/file', { wall: 0.5 }],
      ['pino-rank-file, rankLogger', 'pino/file', target],
      ['pino-rank-file, pure JSON', 'pino/file', target],
    ],
  },
  {
    title: 'One rank: rivals',
    worldSize: 1,
    share: 0.3,
    comparisons: [
      ['fileStream', 'fileStream'],
      ['fileStream', 'pino.destination, sync', faster],
      ['fileStream', 'pino.destination, async, 4 KiB', faster],
      ['fileStream', 'winston', faster],
      ['fileStream', 'pino-roll', faster],
      ['splitStream', 'fileStream'],
    ],
  },
  {
    title: 'One rank: sinks of the line writer',
    worldSize: 1,
    share: 0.5,
    comparisons: [
      ['line writer, append sink', 'line writer, append sink'],
      ['line writer, sonic-boom sink', 'line writer, append sink'],
      ['pino.destination, sync, 16 KiB', 'line writer, append sink'],
    ],
  },
]

const together = (worldSize: number): WriterGroup => ({
  title: `${worldSize} ranks, one file`,
  worldSize,
  share: 0.2,
  comparisons: [
    ['pino/file', 'pino/file'],
    ['fileStream', 'pino/file', { wall: 1 / 1.5 }],
    ['pino-rank-file, rankLogger', 'pino/file'],
  ],
})

/** Measures what the lines of a rank cost until they are in the file. */
export async function writer(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const group of [...alone, ...settings.worldSizes.map(together)])
    tables.push(...(await measureGroup(group, settings)))
  return tables
}
