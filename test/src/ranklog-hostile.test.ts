import { appendFileSync, chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { makeFifo } from './kit/run-command.ts'

const line = (rank: number, time: number, fields: object = {}) =>
  `${JSON.stringify({ level: 30, time: 1_700_000_000_000 + time, rank, ...fields })}\n`

const whole = line(0, 1) + line(1, 2)

/** Makes a folder with the logs of two ranks, and entries that are named like logs and manifests and never end, or lead nowhere. */
function hostileFolder(t: Test): string {
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1), 'a.rank-1.log': line(1, 2), 'folder.log': {}, 'folder.json': {} })
  for (const name of ['fifo.log', 'fifo.json', 'a.rank-0.log.1', 'a.rank-0.log-20250101', 'a.rank-1.log.gz'])
    makeFifo(join(dir, name))
  for (const name of ['zero.log', 'zero.json', 'zero.log.gz', 'a.rank-1.log.1'])
    symlinkSync('/dev/zero', join(dir, name))
  symlinkSync('fifo.log', join(dir, 'link.log'))
  symlinkSync('fifo.json', join(dir, 'link.json'))
  symlinkSync('loop.json', join(dir, 'loop.json'))
  symlinkSync('.', join(dir, 'attempt-7'))
  makeFifo(join(dir, 'attempt-8'))
  return dir
}

t.test('entries that are no regular files keep no command from reading the logs', async (t) => {
  const dir = hostileFolder(t)
  for (const path of [dir, join(dir, '*.log*'), join(dir, '*rank*')]) {
    const { code, stdout, stderr } = await ranklog(t, ['merge', path])
    t.strictSame([code, stdout, stderr], [0, whole, ''], path)
  }
  const { code, stdout } = await ranklog(t, ['status', '--json', dir])
  const rows = stdout.trimEnd().split('\n')
  t.strictSame([code, ...rows.map((row) => JSON.parse(row).rank)], [0, '0', '1'])
  const child = startRanklog(t, ['tail', '--raw', dir])
  await child.stdout.until(/"rank":1/)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0, stdout: whole, stderr: '' })
})

t.test('links that lead nowhere and files that may not be read are reported, and the others are read', async (t) => {
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1), 'a.rank-1.log': line(1, 2), 'a.rank-2.log': line(2, 3) })
  symlinkSync('nowhere', join(dir, 'dangling.log'))
  symlinkSync('loop.log', join(dir, 'loop.log'))
  mkdirSync(join(dir, 'attempt-1'))
  chmodSync(join(dir, 'attempt-1'), 0)
  chmodSync(join(dir, 'a.rank-2.log'), 0)
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? { uid: 65_534 } : {}
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir], user)
  t.strictSame([code, stdout], [1, whole])
  for (const reported of [/attempt-1: EACCES/, /dangling.log: ENOENT/, /loop.log: ELOOP/, /a.rank-2.log: EACCES/])
    t.match(stderr, reported)
  t.match(await ranklog(t, ['status', '--json', dir], user), { code: 1, stderr: /a.rank-2.log.*it is left out/ })
  const child = startRanklog(t, ['tail', '--raw', dir], user)
  await child.stdout.until(/"rank":1/)
  await child.stderr.until(/(?=.*loop.log: ELOOP)(?=.*a.rank-2.log: EACCES)/s)
  chmodSync(join(dir, 'a.rank-2.log'), 0o644)
  writeFileSync(join(dir, 'nowhere'), line(9, 4))
  await child.stdout.until(/(?=.*"rank":2)(?=.*"rank":9)/s)
  child.kill('SIGTERM')
  const ended = await child.exit
  chmodSync(join(dir, 'attempt-1'), 0o700)
  t.equal(ended.code, 0)
  t.equal(ended.stderr.match(/loop.log/g)?.length, 2, 'each is reported once: the message has the path twice')
})

const manifest = { version: 1, rank: 0, host: 'h', pid: 1, lines: 1, bytes: 1, drops: 0, errors: 0, exit: 'unknown' }

const refused: [what: string, fields: object, reason: RegExp][] = [
  [
    'a path upwards',
    { files: ['a.rank-0.log', '../secret.log'] },
    /"..\/secret.log", which is not a file in its folder/,
  ],
  ['a rank that is no rank', { files: ['a.rank-0.log'], rank: { evil: 1 } }, /"rank" is \{"evil":1\}/],
]
for (const [what, fields, reason] of refused) {
  t.test(`a manifest with ${what} is reported and not used`, async (t) => {
    const dir = t.testdir({
      'secret.log': line(7, 1, { msg: 'secret' }),
      logs: { 'a.rank-0.log': line(0, 1), 'a.rank-0.json': JSON.stringify({ ...manifest, ...fields }) },
    })
    const logs = join(dir, 'logs')
    const { code, stdout, stderr } = await ranklog(t, ['merge', logs])
    t.strictSame([code, stdout], [1, line(0, 1)], 'the log is found by its own name')
    t.match(stderr, reason)
    t.match(stderr, /a.rank-0.json: .*; the manifest is not used\n$/)
    t.match(await ranklog(t, ['merge', join(logs, 'a.rank-0.json')]), { code: 2, stdout: '', stderr: reason })
    t.match(await ranklog(t, ['status', '--json', logs]), { code: 1, stdout: /^\{"rank":"0"/, stderr: reason })
  })
}

t.test('a JSON file that is too large for a manifest is not read', async (t) => {
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1), 'data.json': '{"version":1,"rank":5,"files":["a.rank-0.log"]' })
  truncateSync(join(dir, 'data.json'), 2 ** 33) // sparse: it takes no room on the disk
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.strictSame([code, stdout, stderr], [0, line(0, 1), ''])
  t.match(await ranklog(t, ['merge', join(dir, 'data.json')]), { code: 2, stderr: /data.json: no manifest; name a/ })
})

t.test('a manifest whose log is a pipe, or is not there, is reported, and the other logs are read', async (t) => {
  const entry = (rank: number) => JSON.stringify({ ...manifest, rank, files: [`a.rank-${rank}.log`] })
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1), 'a.rank-1.json': entry(1), 'a.rank-2.json': entry(2) })
  makeFifo(join(dir, 'a.rank-1.log'))
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.strictSame([code, stdout], [1, line(0, 1)])
  t.match(
    stderr,
    /a.rank-1.log'?: EINVAL: not a regular file.*; it is left out\n.*a.rank-2.log: ENOENT.*it is left out/,
  )
  const child = startRanklog(t, ['tail', '--raw', dir])
  await child.stderr.until(/a.rank-1.log: EINVAL: not a regular file.*it is tried again/)
  writeFileSync(join(dir, 'a.rank-2.log'), line(2, 2))
  await child.stdout.until(/"rank":2/)
  child.kill('SIGTERM')
  t.equal((await child.exit).code, 0)
})

t.test('a pipe that is named is read', async (t) => {
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1) })
  const pipe = join(dir, 'pipe')
  makeFifo(pipe)
  const child = startRanklog(t, ['merge', join(dir, 'a.rank-0.log'), pipe])
  appendFileSync(pipe, line(1, 2)) // waits for the reader
  t.match(await child.exit, { code: 0, stdout: whole, stderr: '' })
})

t.test('a damaged packed file: what was read of it is printed, and the message says so', async (t) => {
  const dir = t.testdir({ 'a.log': line(0, 9) })
  const packed = gzipSync(line(0, 1) + line(0, 2))
  writeFileSync(join(dir, 'a.log.1.gz'), packed.subarray(0, -3))
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.strictSame([code, stdout], [1, line(0, 1) + line(0, 2) + line(0, 9)])
  t.match(
    stderr,
    /^ranklog merge: .*a.log.1.gz: unexpected end of file; what comes before that is printed, and more may be missing\n$/,
  )
})
