import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { LogFolder } from './log-folder.ts'

const line = (minute: number) => `{"level":30,"time":${1_700_000_000_000 + 60_000 * minute}}\n`

/** Writes files and returns the names of a log's files, oldest first. */
function orderIn(t: Test, files: Record<string, string | Buffer>, log: string, isOrdered = true): string[] {
  const dir = t.testdir()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  return new LogFolder(dir, isOrdered).filesOf(log).files.map((file) => basename(file))
}

const orders: [what: string, files: Record<string, string | Buffer>, log: string, order: string[]][] = [
  [
    'numbers of pino-rank-file and pino-roll count upwards',
    { 'x.log.1': line(1), 'x.log.2': line(2), 'x.log.10': line(3), 'x.log': line(4) },
    'x.log',
    ['x.log.1', 'x.log.2', 'x.log.10', 'x.log'],
  ],
  [
    'numbers of logrotate and Python count downwards, because they rename all files',
    { 'x.log': line(4), 'x.log.1': line(3), 'x.log.2.gz': gzipSync(line(2)), 'x.log.10.gz': gzipSync(line(1)) },
    'x.log',
    ['x.log.10.gz', 'x.log.2.gz', 'x.log.1', 'x.log'],
  ],
  [
    'logrotate may put the number after the extension of the compression',
    { 'x.log': line(3), 'x.log.gz.1': gzipSync(line(2)), 'x.log.gz.2': gzipSync(line(1)) },
    'x.log',
    ['x.log.gz.2', 'x.log.gz.1', 'x.log'],
  ],
  [
    'winston continues in the file with the next number',
    { 'x-2025-01-01.log': line(1), 'x-2025-01-01.log.1': line(2), 'x-2025-01-01.log.2': line(3) },
    'x-2025-01-01.log',
    ['x-2025-01-01.log', 'x-2025-01-01.log.1', 'x-2025-01-01.log.2'],
  ],
  [
    'files with dates are ordered by date, whatever the times in the files are',
    { 'x.log-20250102': line(1), 'x.log-20250101.gz': gzipSync(line(2)), 'x.log': line(0) },
    'x.log',
    ['x.log-20250101.gz', 'x.log-20250102', 'x.log'],
  ],
  [
    'a file that exists compressed and uncompressed is read once',
    { 'x.log.1': line(1) + line(2), 'x.log.1.gz': gzipSync(line(1)), 'x.log': line(3), 'x.log.gz': gzipSync(line(3)) },
    'x.log',
    ['x.log.1', 'x.log'],
  ],
  [
    'a compressed file with the same name but other lines is an older file',
    { 'x.log': line(3), 'x.log.gz': gzipSync(line(1)) },
    'x.log',
    ['x.log.gz', 'x.log'],
  ],
  ['a log that exists only compressed is found', { 'x.log.gz': gzipSync(line(1)) }, 'x.log', ['x.log.gz']],
  [
    'a log may have any extension',
    { 'x.txt': line(2), 'x.txt.1': line(1), 'x.txt2': line(0) },
    'x.txt',
    ['x.txt.1', 'x.txt'],
  ],
]
for (const [what, files, log, order] of orders) {
  t.test(`the order of a log's files: ${what}`, (t) => {
    t.strictSame(orderIn(t, files, log), order)
    t.end()
  })
}

t.test('without times in the lines, the modification times of the files decide the direction of numbers', (t) => {
  const dir = t.testdir({ 'x.log.1': 'newer\n', 'x.log.2': 'older\n', 'x.log': 'newest\n' })
  const order = () => new LogFolder(dir, true).filesOf('x.log').files.map((file) => basename(file))
  utimesSync(join(dir, 'x.log.1'), 2000, 2000)
  utimesSync(join(dir, 'x.log.2'), 1000, 1000)
  t.strictSame(order(), ['x.log.2', 'x.log.1', 'x.log'])
  utimesSync(join(dir, 'x.log.2'), 2000, 2000)
  t.strictSame(order(), ['x.log.1', 'x.log.2', 'x.log'])
  t.end()
})

t.test('without ordering, numbered files are in the order of their numbers and are not read', (t) => {
  const files = { 'x.log.1': line(2), 'x.log.2': line(1), 'x.log': line(3) }
  t.strictSame(orderIn(t, files, 'x.log', false), ['x.log.1', 'x.log.2', 'x.log'])
  t.end()
})

t.test('the active path of a log is the one that its process writes to', (t) => {
  const dir = t.testdir({
    'x.log.1': line(1),
    'a.rank-3.1.log': line(1),
    'a.rank-3.10.log': line(3),
    'a.rank-3.9.log': line(2),
  })
  const folder = new LogFolder(dir, true)
  t.strictSame(folder.logs.toSorted(), ['a.rank-3.log', 'x.log'])
  t.strictSame(folder.filesOf('x.log'), { files: [join(dir, 'x.log.1')], active: join(dir, 'x.log') })
  t.equal(folder.filesOf('a.rank-3.log').active, join(dir, 'a.rank-3.10.log'))
  t.strictSame(folder.filesOf('y.log'), { files: [], active: join(dir, 'y.log') })
  t.end()
})

t.test('folders, and links to devices and folders, are not logs, whatever their names', (t) => {
  const dir = t.testdir({ 'x.log': line(1) })
  mkdirSync(join(dir, 'x.log.1'))
  symlinkSync('/dev/zero', join(dir, 'x.log.2'))
  symlinkSync('.', join(dir, 'y.log'))
  symlinkSync('x.log', join(dir, 'z.log'))
  symlinkSync('nowhere', join(dir, 'dangling.log'))
  const folder = new LogFolder(dir, true)
  t.strictSame(folder.logs.toSorted(), ['dangling.log', 'x.log', 'z.log'])
  t.strictSame(folder.filesOf('x.log').files, [join(dir, 'x.log')])
  t.end()
})
