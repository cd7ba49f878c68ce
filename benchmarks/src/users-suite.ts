import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { main } from 'ranklog-bench'

/** The suite of ranklog-bench, which has its own options, answer and files. */
export const suiteName = 'contention'

/** In minutes, with its default options. */
export const suiteMinutes = 60

export const suiteQuestion =
  'What does it cost a job when every rank logs to this disk, and what does gating save? The benchmark that users run.'

const { version } = createRequire(import.meta.url)('../../packages/ranklog-bench/package.json')

/** Puts the figures into a tracked file. */
export const publishOption = '--publish'

/** Runs ranklog-bench of this clone. @param figures where its figures go. @default where its options say. @returns its exit code */
export function runSuite(options: readonly string[], figures?: string): Promise<number> {
  if (figures === undefined) return main([suiteName, ...options], version)
  mkdirSync(dirname(figures), { recursive: true })
  return main([suiteName, ...options, '--json', figures, '--force', '--no-report'], version)
}
