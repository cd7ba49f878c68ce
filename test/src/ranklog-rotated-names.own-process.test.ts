/** Logs that other programs rotate, each with its own file names. */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const start = Date.now() - 60_000
/** Several lines have the same time, so that only the order of the files decides. */
const line = (n: number) => `${JSON.stringify({ level: 30, time: start + Math.floor(n / 3), step: n })}\n`
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => line(from + n)).join('')
const pack = (text: string) => gzipSync(text)

type Files = Record<string, string | Buffer>

const rotations: [who: string, files: Files][] = [
  ['logrotate', { 'x.log.2.gz': pack(lines(0, 10)), 'x.log.1': lines(10, 20), 'x.log': lines(20, 30) }],
  [
    'logrotate, dateext',
    { 'x.log-20241231.gz': pack(lines(0, 10)), 'x.log-20250101': lines(10, 20), 'x.log': lines(20, 30) },
  ],
  [
    'logrotate, hourly',
    { 'x.log-20250101-11': lines(0, 10), 'x.log-20250101-12': lines(10, 20), 'x.log': lines(20, 30) },
  ],
  [
    'logrotate, the number last',
    { 'x.log.gz.2': pack(lines(0, 10)), 'x.log.gz.1': pack(lines(10, 20)), 'x.log': lines(20, 30) },
  ],
  ['Python', { 'x.log.2024-12-31': lines(0, 10), 'x.log.2025-01-01': lines(10, 20), 'x.log': lines(20, 30) }],
  ['pino-roll', { 'x.9.log': lines(0, 10), 'x.10.log': lines(10, 20), 'x.11.log': lines(20, 30) }],
  [
    'pino-roll, daily',
    { 'x.2024-12-31.2.log': lines(0, 10), 'x.2025-01-01.1.log': lines(10, 20), 'x.2025-01-01.2.log': lines(20, 30) },
  ],
  [
    'winston',
    { 'x-2025-01-01.log': lines(0, 10), 'x-2025-01-01.log.1': lines(10, 20), 'x-2025-01-01.log.2': lines(20, 30) },
  ],
  [
    'winston, daily',
    { 'x-2024-12-31.log.gz': pack(lines(0, 10)), 'x-2025-01-01.log': lines(10, 20), 'x-2025-01-02.log': lines(20, 30) },
  ],
  [
    'huge numbers',
    { 'x.log.9999999999999': lines(0, 10), 'x.log.99999999999999999999': lines(10, 20), 'x.log': lines(20, 30) },
  ],
]

for (const [who, files] of rotations) {
  t.test(`${who}: merge prints all lines in order, and status has the last step`, async (t) => {
    const dir = t.testdir()
    // The newest file is created first: the order of creation must not matter.
    for (const [name, content] of Object.entries(files).reverse()) writeFileSync(join(dir, name), content)
    const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
    t.strictSame([code, stdout, stderr], [0, lines(0, 30), ''])
    const rows = (await ranklog(t, ['status', '--json', dir])).stdout.trimEnd().split('\n')
    t.equal(Math.max(...rows.map((row) => JSON.parse(row).step)), 29)
  })
}

t.test('the files of a rank have its label, whichever program rotates them', async (t) => {
  const dir = t.testdir()
  const files: Files = {
    'a.rank-0.1.log': line(0),
    'a.rank-0.2.log': line(1),
    'a.rank-0.10.log': line(2),
    'a.rank-1.2025-01-01.1.log': line(3),
    'a.rank-1.2025-01-02.1.log': line(4),
    'a.rank-2.log-20250101': line(5),
    'a.rank-2.log': line(6),
    'a.rank-3-20250101.log.gz': pack(line(7)),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  const { stdout } = await ranklog(t, ['merge', '--label', '{rank}:', dir])
  const labels = stdout.trimEnd().split('\n')
  t.strictSame(
    labels.map((text) => [text[0], JSON.parse(text.slice(2)).step]),
    [0, 1, 2, 3, 4, 5, 6, 7].map((step) => ['00011223'[step], step]),
  )
  t.equal((await ranklog(t, ['merge', '--ranks', '0,3', dir])).stdout, [0, 1, 2, 7].map(line).join(''))
  const rows = (await ranklog(t, ['status', '--json', dir])).stdout.trimEnd().split('\n')
  t.strictSame(
    rows.map((row) => JSON.parse(row)).map(({ rank, step }) => [rank, step]),
    [['0', 2], ['1', 4], ['2', 6], ['3', 7]], // biome-ignore format: a table
  )
})

t.test('merge of a rotated file reads only that file, and merge of a log its rotated files too', async (t) => {
  const dir = t.testdir({ 'x.log.1': line(3), 'x.log.2': line(0), 'x.log': line(6) })
  t.equal((await ranklog(t, ['merge', join(dir, 'x.log.1')])).stdout, line(3))
  t.equal((await ranklog(t, ['merge', join(dir, 'x.log')])).stdout, line(0) + line(3) + line(6))
})

const moves: [who: string, rotate: (dir: string) => void][] = [
  ['logrotate', (dir) => renameSync(join(dir, 'x.log'), join(dir, 'x.log-20250101'))],
  [
    'logrotate with numbers',
    (dir) => {
      renameSync(join(dir, 'x.log.1'), join(dir, 'x.log.2'))
      renameSync(join(dir, 'x.log'), join(dir, 'x.log.1'))
    },
  ],
]
for (const [who, rotate] of moves) {
  t.test(`tail continues after a rotation by ${who}, and repeats no line`, async (t) => {
    const dir = t.testdir({ 'x.log.1': line(0), 'x.log': line(1) })
    const child = startRanklog(t, ['tail', '--raw', dir])
    await child.stdout.until(/"step":1/)
    appendFileSync(join(dir, 'x.log'), line(2))
    rotate(dir)
    writeFileSync(join(dir, 'x.log'), line(3))
    await child.stdout.until(/"step":3/)
    child.kill('SIGTERM')
    t.match(await child.exit, { code: 0, stdout: lines(1, 4), stderr: '' })
  })
}

t.test('tail shows the next file of pino-roll with the label of its rank', async (t) => {
  const dir = t.testdir({ 'a.rank-3.1.log': line(0) })
  const child = startRanklog(t, ['tail', dir], { env: { NO_COLOR: '1' } })
  await child.stdout.until(/\[3\] /)
  writeFileSync(join(dir, 'a.rank-3.2.log'), line(1))
  await child.stdout.until(/\[3\] .*\[3\] /s)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0, stderr: '' })
})
