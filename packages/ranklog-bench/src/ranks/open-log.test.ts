import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readLine } from './line.ts'
import { modes } from './modes.ts'
import { openLog } from './open-log.ts'
import type { RankJob } from './rank-job.ts'

const jobIn = (folder: string, mode: string, rank = 1) =>
  ({ mode, rank, ranks: 2, folder, lineBytes: 200, fsync: false, rivals: {} }) as unknown as RankJob

t.test('the mode without logging opens no log, and an unknown mode is an error', async (t) => {
  t.equal(await openLog(jobIn(t.testdir(), 'no logging')), undefined)
  await t.rejects(openLog(jobIn(t.testdir(), 'no such mode')), { message: 'no mode "no such mode"' })
})

t.test('every mode can be opened, or needs a package that is named', async (t) => {
  for (const { name, rival } of modes.filter(({ rival }) => rival !== undefined))
    await t.rejects(openLog(jobIn(t.testdir(), name)), { message: new RegExp(`needs the package ${rival}`) })
})

t.test('a log has whole lines of the given length, in the files of its mode', async (t) => {
  for (const [mode, files] of [
    ['no-op sink', []],
    ['pino/file to one file', ['job.log']],
    ['pino/file to N files', ['job.rank-1.log']],
    ['appendFileSync to one file', ['job.log']],
    ['appendFileSync to N files', ['job.rank-1.log']],
    ['appendFileSync + fsync to N files', ['job.rank-1.log']],
  ] as const) {
    const dir = t.testdir()
    const keepAlive = setInterval(() => {}, 60_000) // pino's worker does not keep the process alive
    const log = await openLog(jobIn(dir, mode))
    t.equal(log?.isOpen, true)
    for (const line of [0, 1]) log?.write(7, line)
    await log?.close()
    clearInterval(keepAlive)
    t.strictSame(readdirSync(dir), files, mode)
    for (const file of files)
      t.strictSame(
        readFileSync(join(dir, file), 'utf8')
          .split('\n')
          .map((text) => readLine(text, 200)),
        [{ rank: 1, step: 7, line: 0 }, { rank: 1, step: 7, line: 1 }, undefined],
        mode,
      )
  }
})
