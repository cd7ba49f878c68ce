/** What tests of `ranklog merge --output` share: logs to merge, and a stdout that is a file. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startRanklog } from './ranklog.ts'
import type { Exit } from './start-process.ts'

/** The time of a record whose `time` is 0, in ms since 1970. */
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

/** Runs a merge whose stdout is a file. */
export function redirected(t: Test, args: string[], file: string, flags = 'a'): Promise<Exit> {
  const fd = openSync(file, flags)
  const { exit } = startRanklog(t, args, { stdout: fd })
  closeSync(fd)
  return exit
}
