import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { LineTime } from 'pino-rank-merge/core'
import t from 'tap'
import { logStart } from './log-start.ts'

const base = 1_700_000_000_000

/** Returns records of a process, a second apart. */
const records = (pid: number, from: number, count: number) =>
  Array.from({ length: count }, (_, n) => {
    return `{"level":30,"time":${base + 1000 * (from + n)},"pid":${pid},"hostname":"h","msg":"${'x'.repeat(n % 200)}"}\n`
  }).join('')

const time = new LineTime()
const start = (files: string[], process?: string) => {
  const found = logStart(files, time, process)
  return found === undefined ? undefined : (found - base) / 1000
}

t.test('the start of a log of one process is the first record of its oldest rotated file', async (t) => {
  const dir = t.testdir()
  const files = ['x.log.1.gz', 'x.log.2', 'x.log'].map((name) => join(dir, name)) as [string, string, string]
  writeFileSync(files[0], gzipSync(records(1, 5, 1000)))
  writeFileSync(files[1], records(1, 2000, 1000))
  writeFileSync(files[2], records(1, 4000, 1000))
  t.equal(start(files, 'h 1'), 5)
  t.equal(start(files), 5, 'records without a process')
})

for (const own of [1, 50, 3000]) {
  t.test(`in a file with an earlier run and ${own} records of the latest run, the latest run is found`, async (t) => {
    const dir = t.testdir({ 'x.log': `text\n${records(1, 0, 3000)}{"torn\n${records(2, 9000, own)}` })
    t.equal(start([join(dir, 'x.log')], 'h 2'), 9000)
  })
}

t.test('the start is found in a rotated file that begins with an earlier run', async (t) => {
  const dir = t.testdir({ 'x.log.1': records(1, 0, 2000) + records(2, 9000, 500), 'x.log': records(2, 9500, 1000) })
  t.equal(start([join(dir, 'x.log.1'), join(dir, 'x.log')], 'h 2'), 9000)
})

t.test('a log without times has no start', async (t) => {
  const dir = t.testdir({ 'x.log': 'text\n{"a":1}\n' })
  t.equal(start([join(dir, 'x.log')], 'h 1'), undefined)
})
