import type { Disk } from '../results/index.ts'
import { defaultStepMs, type SuiteOptions } from './suite-options.ts'

/** The write rates of a job: of all ranks without a gate, and of rank 0 alone, as fractions of the disk's rate. */
export interface Rates {
  disk: Disk['name']
  ranks: number
  lines: number
  lineBytes: number
  stepMs: number
  /** 1 is the measured rate of the disk. */
  ungated: number
  rank0: number
}

/** Fractions of a throttled disk's rate that show what a gate is for: the rate suffices for rank 0, but not for all ranks. */
export const aims = { rank0: 0.5, ungated: 3 }

/** A little below `aims.rank0`. The actual rate is even lower, because a step takes longer than its work. */
const aimedRank0 = 0.45

/** Returns the time of a step's work, in ms: as the user sets it, or for a throttled disk so that its rate suffices for rank 0. */
export function stepMsOn(disk: Disk, lines: number, lineBytes: number, { stepMs }: SuiteOptions): number {
  if (stepMs !== undefined || disk.name !== 'throttled' || !disk.bytesPerSecond) return stepMs ?? defaultStepMs
  return Math.ceil((lines * lineBytes * 1e4) / (aimedRank0 * disk.bytesPerSecond)) / 10
}

/** Returns the write rates of a job; undefined if the rate of the disk is not known. */
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
