import type { Settings } from '../settings.ts'
import type { Table } from '../table.ts'
import { measureGroup, type WriterGroup } from '../writer-group.ts'

const target = 'pino-rank-file, rankLogger'

/** Knows no level, no fault and no count. No stream on the calling thread costs less: see `ends.ts`. */
const least = 'join, encode, write'

/** One process that logs as fast as it can: what do its lines cost? */
export async function loneWriter(settings: Settings): Promise<Table[]> {
  const group: WriterGroup = {
    title: 'a: one rank, as fast as it can',
    worldSize: 1,
    share: 1,
    comparisons: [
      ['pino/file', 'pino/file'],
      [target, 'pino/file', { wall: 0.62, cpu: 0.5, bad: 0 }],
      ['fileStream', 'pino/file', { wall: 0.62, cpu: 0.5, bad: 0 }],
      [least, 'pino/file'],
      [target, least],
    ],
  }
  return measureGroup(group, settings)
}

/** All ranks of a host log to one file as fast as they can: what do their lines cost, and are they whole? */
export async function sharedFile(settings: Settings): Promise<Table[]> {
  const worldSize = Math.max(...settings.worldSizes)
  const group: WriterGroup = {
    title: `c: ${worldSize} ranks, one file`,
    worldSize,
    share: 1,
    comparisons: [
      ['pino/file', 'pino/file'],
      [target, 'pino/file', { wall: 0.62, bad: 0 }],
      ['fileStream', 'pino/file', { wall: 0.62, bad: 0 }],
      [least, 'pino/file'],
      [target, least],
    ],
  }
  return measureGroup(group, settings)
}
