import type { Settings } from '../settings.ts'
import type { Table } from '../table.ts'
import { measureGroup, type WriterGroup } from '../writer-group.ts'

const target = 'pino-rank-file, rankLogger'

/** The stream that only joins, encodes and writes. No stream on the calling thread can cost less: see `main-thread-streams.ts`. */
const bareWriter = 'join, encode, write'

/** Measures what the lines of one process cost that logs as fast as it can. */
export async function loneWriter(settings: Settings): Promise<Table[]> {
  const group: WriterGroup = {
    title: 'a: one rank, as fast as it can',
    worldSize: 1,
    share: 1,
    comparisons: [
      ['pino/file', 'pino/file'],
      [target, 'pino/file', { wall: 0.62, cpu: 0.5, bad: 0 }],
      ['fileStream', 'pino/file', { wall: 0.62, cpu: 0.5, bad: 0 }],
      [bareWriter, 'pino/file'],
      [target, bareWriter],
    ],
  }
  return measureGroup(group, settings)
}

/** Measures what lines cost when all ranks of a host log to one file as fast as they can, and checks that the lines are whole. */
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
      [bareWriter, 'pino/file'],
      [target, bareWriter],
    ],
  }
  return measureGroup(group, settings)
}
