/** Helpers of the tests of `ranklog merge --output`. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startRanklog } from './ranklog.ts'
import type { Exit } from './start-process.ts'

/** The time in ms since 1970 that `line` and `times` count from. */
export const base = 1_700_000_000_000
export const line = (rank: number, time: number): string =>
  `${JSON.stringify({ level: 30, time: base + time, rank })}\n`
/** Returns the times of the records in a text, in ms since `base`. */
export const times = (text: Buffer | string): number[] =>
  [...String(text).matchAll(/"time":(\d+)/g)].map(([, time]) => Number(time) - base)

/** Creates a folder `logs` with two ranks, one of them rotated, and a folder `out`. */
export function folders(t: Test): { logs: string; out: string; log: string } {
  const dir = t.testdir({
    logs: { 'train.rank-0.log.1': line(0, 1), 'train.rank-0.log': line(0, 3), 'train.rank-1.log': line(1, 2) },
    out: {},
  })
  const [logs, out] = [join(dir, 'logs'), join(dir, 'out')]
  return { logs, out, log: join(logs, 'train.rank-0.log') }
}

/** Runs ranklog with a file as its stdout. */
export function redirected(t: Test, args: string[], file: string, flags = 'a'): Promise<Exit> {
  const fd = openSync(file, flags)
  const { exit } = startRanklog(t, args, { stdout: fd })
  closeSync(fd)
  return exit
}
