/** `ranklog tail` of many ranks, and of folders that do not exist yet. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const line = (rank: number, fields: object = {}) =>
  `${JSON.stringify({ level: 30, time: Date.now(), rank, ...fields })}\n`

/** Matches text with at least `count` lines. */
const lines = (count: number) => new RegExp(`^(?:[^\\n]*\\n){${count}}`)

t.test('tail shows 600 ranks and 600 more that appear later, without a warning', async (t) => {
  const dir = t.testdir()
  const add = (from: number, to: number) => {
    for (let rank = from; rank < to; rank++)
      writeFileSync(join(dir, `a.rank-${rank}.log`), line(rank, { msg: 'first' }))
  }
  add(0, 600)
  const child = startRanklog(t, ['tail', '--raw', dir])
  await child.stdout.until(lines(600))
  add(600, 1200)
  await child.stdout.until(lines(1200))
  for (const rank of [0, 599, 600, 1199]) appendFileSync(join(dir, `a.rank-${rank}.log`), line(rank, { msg: 'second' }))
  for (const rank of [0, 599, 600, 1199]) await child.stdout.until(new RegExp(`"rank":${rank},"msg":"second"`))
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await child.exit
  t.strictSame([code, stderr], [0, ''])
  t.equal(new Set(stdout.trimEnd().split('\n')).size, 1204)
  t.equal(stdout.trimEnd().split('\n').length, 1204, 'no line is printed twice')
})

t.test('tail waits for a folder that does not exist yet, and reports it', async (t) => {
  const dir = join(t.testdir(), 'runs', 'a', 'logs')
  const child = startRanklog(t, ['tail', '--raw', dir])
  await child.stderr.until(/ranklog tail: .*logs does not exist yet; tail waits for it\n/)
  mkdirSync(dir, { recursive: true })
  const text = line(0, { msg: 'first' }) + line(0, { msg: 'second' })
  writeFileSync(join(dir, 'a.rank-0.log'), text)
  await child.stdout.until(/second/)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0, stdout: text, stderr: /^[^\n]*\n$/ })
})

t.test('SIGINT ends a tail that waits for its folder', async (t) => {
  const child = startRanklog(t, ['tail', join(t.testdir(), 'nowhere')])
  await child.stderr.until(/waits for it/)
  child.kill('SIGINT')
  t.match(await child.exit, { code: 0, stdout: '' })
})

t.test('tail of a log shows only that log', async (t) => {
  const dir = t.testdir({ 'a.log': line(0, { msg: 'first' }), 'b.log': line(1, { msg: 'other' }) })
  const child = startRanklog(t, ['tail', '--raw', join(dir, 'a.log')])
  await child.stdout.until(/first/)
  appendFileSync(join(dir, 'a.log'), line(0, { msg: 'second' }))
  await child.stdout.until(/second/)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0, stdout: readFileSync(join(dir, 'a.log'), 'utf8'), stderr: '' })
})

t.test('status finds the last step of a rank whose only file is compressed', async (t) => {
  const { gzipSync } = await import('node:zlib')
  const dir = t.testdir()
  writeFileSync(join(dir, 'a.rank-0.log.1.gz'), gzipSync(line(0, { step: 7 })))
  t.match(JSON.parse((await ranklog(t, ['status', '--json', dir])).stdout), { rank: '0', step: 7 })
})

t.test('status --watch waits for a folder and its first log', async (t) => {
  const dir = join(t.testdir(), 'logs')
  const child = startRanklog(t, ['status', '--watch', '--json', dir])
  await child.stderr.until(/ranklog status: .*logs: no such file or folder; status waits for logs\n/)
  mkdirSync(dir)
  await child.stderr.until(/logs: no logs in this folder; status waits for logs\n/)
  writeFileSync(join(dir, 'a.rank-0.log'), line(0, { step: 3 }))
  await child.stdout.until(/"rank":"0".*\n/)
  child.kill('SIGTERM')
  await child.exit
})
