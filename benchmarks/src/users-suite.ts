import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { main } from 'ranklog-bench'

/** Name of the benchmark of ranklog-bench, which has its own options, exit codes and files. */
export const suiteName = 'contention'

/** Rough duration with its default options, in minutes. */
export const suiteMinutes = 60

export const suiteQuestion =
  'What does it cost a job when every rank logs to this disk, and what does gating save? The benchmark that users run.'

const { version } = createRequire(import.meta.url)('../../packages/ranklog-bench/package.json')

/** The option that writes the figures into a tracked file. */
export const publishOption = '--publish'

/**
 * Runs ranklog-bench of this clone, and returns its exit code.
 *
 * @param figures file for its figures. @default the file that its own options name
 */
export function runSuite(options: readonly string[], figures?: string): Promise<number> {
  if (figures === undefined) return main([suiteName, ...options], version)
  mkdirSync(dirname(figures), { recursive: true })
  return main([suiteName, ...options, '--json', figures, '--force', '--no-report'], version)
}
