import { appendFileSync, linkSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const base = 1_700_000_000_000
const line = (n: number, fields: object = {}) => `${JSON.stringify({ level: 30, time: base + n, n, ...fields })}\n`

t.test('merge ends a torn last line with a newline, before the next file and the next attempt', async (t) => {
  const dir = t.testdir({
    'attempt-1': { 'x.rank-0.log': line(7) },
    'x.rank-0.log.1': `${line(1)}{"level":30,"torn":1`,
    'x.rank-0.log.2.gz': gzipSync(`${line(3)}{"level":30,"torn":2`),
    'x.rank-0.log': `${line(5)}{"level":30,"torn":3`,
    'x.rank-1.log': line(2).trimEnd(),
  })
  const torn = (n: number) => `{"level":30,"torn":${n}\n`
  const expected = line(1) + torn(1) + line(2) + line(3) + torn(2) + line(5) + torn(3) + line(7)
  for (const way of [[], ['--dedup'], ['--level', 'info'], ['--reduce', 'step']]) {
    const { code, stdout, stderr } = await ranklog(t, ['merge', dir, ...way])
    t.equal(stdout, expected, `${way}`)
    t.match([code, stderr], [1, /^ranklog merge: 4 files end within a line: it was given its newline\n$/])
  }
})

t.test('merge keeps a large log whole next to a short one without a last newline', async (t) => {
  const large = Array.from({ length: 20_000 }, (_, n) => line(n, { fill: 'x'.repeat(60) })).join('')
  const dir = t.testdir({ 'a.log': line(0).trimEnd(), 'b.log': large.trimEnd() })
  const { code, stdout } = await ranklog(t, ['merge', dir])
  t.equal(code, 1)
  t.ok(stdout === line(0) + large)
})

t.test('merge prints all lines that it can decompress from a truncated compressed file', async (t) => {
  const lines = Array.from({ length: 5000 }, (_, n) => line(n)).join('')
  const dir = t.testdir({ 'x.log.1.gz': gzipSync(lines).subarray(0, -4), 'x.log': line(9999) })
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.match(
    [code, stderr],
    [1, /x\.log\.1\.gz: unexpected end of file; what comes before that is printed, and more may be missing\n$/],
  )
  t.equal(stdout, lines + line(9999))
})

t.test('tail prints rotated files whole and in order, and ends a torn last line with a newline', async (t) => {
  const dir = t.testdir({ 'x.log.1': line(0), 'x.log': `${line(1)}${line(2)}` })
  const log = join(dir, 'x.log')
  const child = startRanklog(t, ['tail', '--raw', '-n', '1', dir])
  const expected = line(2) + [3, 4, 5].map((n) => `${line(n)}{"torn":${n}\n`).join('') + line(6)
  await child.stdout.until(/./)
  for (const n of [3, 4, 5]) {
    appendFileSync(log, `${line(n)}{"torn":${n}`)
    linkSync(log, `${log}.${n - 1}`)
    writeFileSync(`${dir}/new`, '')
    renameSync(`${dir}/new`, log) // usually more than one rotation between two looks of tail
  }
  appendFileSync(log, line(6))
  await child.stdout.until(new RegExp(`^[^]{${expected.length}}`))
  t.equal(child.stdout.text, expected)
})

t.test('status reads a last record without a newline, and counts a torn one only after the rank’s end', async (t) => {
  const manifest = { version: 1, rank: 1, host: 'h', files: ['x.rank-1.log'], drops: 0, exit: 'SIGKILL' }
  const dir = t.testdir({
    'x.rank-0.log': line(1, { step: 4 }) + line(2, { step: 5 }).trimEnd(),
    'x.rank-1.log': `${line(1, { step: 4 })}{"level":30,"ti`,
    'x.rank-1.json': JSON.stringify(manifest),
    'x.rank-2.log': `${line(1, { step: 4 })}{"level":30,"ti`,
  })
  const { stdout } = await ranklog(t, ['status', '--json', dir])
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row))
  t.match(rows, [
    { rank: '0', step: 5, torn: 0 },
    { rank: '1', step: 4, torn: 1 },
    { rank: '2', step: 4, torn: 0 },
  ])
})
