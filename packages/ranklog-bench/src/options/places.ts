import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RankError } from 'pino-rank/sink'
import { type Result, resultFormat, resultMisfit } from '../results/index.ts'
import type { RunCommand } from './command-line.ts'
import { invalid } from './read-args.ts'

/** The paths of a run's results. */
export interface Outputs {
  /** Absolute paths. Undefined: this result is not written. */
  json?: string
  report?: string
}

/**
 * Checks the folders and files of a run before it begins, and creates none of them.
 *
 * @param cwd the default folder for results
 * @param start the start time, which is part of the default names
 * @throws {RankError} OPTION_INVALID, for the first path that cannot be used
 */
export function checkPlaces(run: RunCommand, cwd: string, start: Date): Outputs {
  checkFolder('dir', run.suite.dir, 'make the folder, or choose one on the disk to measure')
  const stamp = stampOf(start)
  const json = run.json ?? (run.quick ? undefined : join(cwd, `ranklog-bench-${stamp}.json`))
  const usualReport = run.quick ? undefined : join(cwd, `ranklog-bench-report-${stamp}`)
  const report = run.wantsReport ? (run.report ?? usualReport) : undefined
  for (const [name, path] of [['json', json] as const, ['report', report] as const]) {
    if (path === undefined) continue
    checkFolder(
      name,
      dirname(path),
      'results go to the current folder by default; change to a folder that you may write to',
    )
    if (!run.force && isUsed(path))
      throw invalid(name, 'a new name', path, 'choose another name, or add --force to replace it')
  }
  return { ...(json !== undefined && { json }), ...(report !== undefined && { report }) }
}

/** Reads the figures of an earlier run. @throws {RankError} OPTION_INVALID */
export function readFigures(path: string): Result {
  const fix = 'name a file that ranklog-bench --json wrote'
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw invalid('compare', `a file with figures (${(error as Error).message})`, path, fix)
  }
  const misfit = resultMisfit(value)
  if (misfit === undefined) return value as Result
  if (misfit.path === 'format' && typeof misfit.received === 'number') throw otherFormat(path, misfit.received)
  throw invalid('compare', `figures of this format (${misfit.path || 'the file'}: ${misfit.expected})`, path, fix)
}

/** Returns the error for figures of another format. They cannot be compared, because their modes have other names. */
function otherFormat(path: string, format: number): RankError {
  const fix =
    format < resultFormat
      ? 'an earlier version wrote it, and its modes have other names: measure again with this version'
      : 'a later version wrote it: compare with that version'
  return invalid('compare', `a file of format ${resultFormat}, not ${format}`, path, fix)
}

function checkFolder(name: string, path: string, fix: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw invalid(name, 'a folder that exists', path, fix)
  if (!found.isDirectory()) throw invalid(name, 'a folder', path, fix)
  try {
    accessSync(path, constants.W_OK)
  } catch {
    throw invalid(name, 'a folder that you may write to', path, fix)
  }
}

/** Reports whether a path is a file, or a folder that is not empty. */
function isUsed(path: string): boolean {
  if (!existsSync(path)) return false
  return !statSync(path).isDirectory() || readdirSync(path).length > 0
}

/** Returns the local time for names of files: `2025-01-30-120000`. */
function stampOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}
