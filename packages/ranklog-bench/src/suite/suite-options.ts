import { statSync } from 'node:fs'
import { RankError } from 'pino-rank'
import { maxLines, minLineBytes, modeNames } from '../ranks/index.ts'
import type { Disk } from '../results/index.ts'

/** What is measured. */
export interface SuiteOptions {
  /** Numbers of ranks of a job. */
  ranks: number[]
  /** Lines that each rank logs in a step. */
  lines: number[]
  /** Sizes of a line with its newline, in bytes. */
  lineBytes: number[]
  /** How long each combination of disk, mode, ranks, lines and size is measured in all of its rounds together, in ms. */
  durationMs: number
  /** Jobs of each combination. */
  rounds: number
  /** Names of the ways to log. `no logging` is always measured. */
  modes: string[]
  /** The folder whose disk is measured. */
  dir: string
  disks: Disk['name'][]
  /** The rate of the disk `throttled`. @default 10 MB/s */
  throttleBytesPerSecond?: number
  /** True: a step's work keeps the CPU busy. False: it waits, as for a GPU. */
  spin: boolean
  /** A step's work, in ms. @default 5; on the disk `throttled` a time that fits its rate */
  stepMs?: number
  /** True: also measures the cost against ranks, lines and sizes. */
  scaling: boolean
}

/** Called while a run proceeds. */
export interface SuiteEvents {
  /**
   * Called once the disks are measured, and again after the first round if the run takes much longer than planned.
   *
   * @param totalMs how long all jobs take by estimate
   */
  onPlan(totalMs: number, jobs: number): void
  /** Called when a job starts. @param totalMs the present estimate for all jobs */
  onCell(text: string, doneMs: number, totalMs: number): void
  /** Ends the run: its processes are killed, and all that it made is removed. */
  signal: AbortSignal
}

export const defaultStepMs = 5
export const defaultThrottle = 1e7

/** More ranks than this need more descriptors than a process may have open. */
const maxRanks = 256

/** @throws {RankError} OPTION_INVALID for the first option that is invalid */
export function checkSuiteOptions(options: SuiteOptions): void {
  const stat = statSync(options.dir, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) throw invalid('dir', 'a folder that exists', options.dir, 'make it, or name another one')
  checkEach('ranks', options.ranks, 1, maxRanks)
  checkEach('lines', options.lines, 1, maxLines)
  checkEach('lineBytes', options.lineBytes, minLineBytes, 1e6)
  checkEach('rounds', [options.rounds], 1, 1000)
  checkPositive('durationMs', options.durationMs)
  checkPositive('stepMs', options.stepMs ?? defaultStepMs)
  checkPositive('throttleBytesPerSecond', options.throttleBytesPerSecond ?? defaultThrottle)
  if (options.disks.length === 0) throw invalid('disks', 'at least one disk', options.disks, 'name one, e.g. given')
  for (const mode of options.modes) {
    if (!modeNames.includes(mode))
      throw invalid('modes', `names of: ${modeNames.join(', ')}`, mode, 'correct the name, or leave it out')
  }
}

function checkEach(at: string, values: readonly number[], least: number, most: number): void {
  const isValid = (value: number) => Number.isInteger(value) && value >= least && value <= most
  if (values.length === 0 || !values.every(isValid))
    throw invalid(at, `whole numbers from ${least} to ${most}`, values, 'correct it')
}

function checkPositive(at: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) throw invalid(at, 'a number above 0', value, 'correct it')
}

function invalid(at: string, expected: string, received: unknown, fix: string): RankError {
  return new RankError('OPTION_INVALID', { package: 'ranklog-bench', at, expected, received, fix })
}
