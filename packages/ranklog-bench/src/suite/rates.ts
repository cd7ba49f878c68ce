import type { Disk } from '../results/index.ts'
import { defaultStepMs, type SuiteOptions } from './suite-options.ts'

/** What a job writes, as part of what its disk can: of all ranks without a gate, and of rank 0 alone. */
export interface Rates {
  disk: Disk['name']
  ranks: number
  lines: number
  lineBytes: number
  stepMs: number
  /** 1: as much as the disk's measured rate. */
  ungated: number
  rank0: number
}

/** The parts of a throttled disk's rate that show what a gate is for: rank 0 fits, all ranks do not. */
export const aims = { rank0: 0.5, ungated: 3 }

/** Steps take longer than their work, so that less is written than this. */
const aimedRank0 = 0.45

/** Returns a step's work in ms. Without the user's, that of a throttled disk fits the disk's rate. */
export function stepMsOn(disk: Disk, lines: number, lineBytes: number, { stepMs }: SuiteOptions): number {
  if (stepMs !== undefined || disk.name !== 'throttled' || !disk.bytesPerSecond) return stepMs ?? defaultStepMs
  return Math.ceil((lines * lineBytes * 1e4) / (aimedRank0 * disk.bytesPerSecond)) / 10
}

/** Undefined where the disk's rate is not known. */
export function ratesOf(
  disk: Disk,
  ranks: number,
  lines: number,
  lineBytes: number,
  stepMs: number,
): Rates | undefined {
  if (!disk.bytesPerSecond) return undefined
  const rank0 = (lines * lineBytes * 1000) / stepMs / disk.bytesPerSecond
  return { disk: disk.name, ranks, lines, lineBytes, stepMs, rank0, ungated: rank0 * ranks }
}
