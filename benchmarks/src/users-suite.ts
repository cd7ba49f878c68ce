import { createRequire } from 'node:module'
import { main } from 'ranklog-bench'

/** The suite of ranklog-bench, which has its own options, answer and files. */
export const suiteName = 'contention'

/** In minutes, with its default options. */
export const suiteMinutes = 60

export const suiteQuestion =
  'What does it cost a job when every rank logs to this disk, and what does gating save? The benchmark that users run.'

const { version } = createRequire(import.meta.url)('../../packages/ranklog-bench/package.json')

/** Runs ranklog-bench of this clone. @returns its exit code */
export function runSuite(options: readonly string[]): Promise<number> {
  return main([suiteName, ...options], version)
}
