import { appendFileSync, chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { ordinaryUser, withOrdinaryUser } from './kit/ordinary-user.ts'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { makeFifo } from './kit/run-command.ts'

const line = (rank: number, time: number, fields: object = {}) =>
  `${JSON.stringify({ level: 30, time: 1_700_000_000_000 + time, rank, ...fields })}\n`

const whole = line(0, 1) + line(1, 2)

/**
 * Creates a folder with the logs of two ranks, and with entries that have names of logs and manifests but are pipes,
 * endless devices or links to nothing.
 */
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

t.test('merge, status and tail read the logs of a folder that also has pipes, devices and loops', async (t) => {
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

t.test('dangling links and unreadable files are reported, and the other logs are read', withOrdinaryUser, async (t) => {
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1), 'a.rank-1.log': line(1, 2), 'a.rank-2.log': line(2, 3) })
  symlinkSync('nowhere', join(dir, 'dangling.log'))
  symlinkSync('loop.log', join(dir, 'loop.log'))
  mkdirSync(join(dir, 'attempt-1'))
  chmodSync(join(dir, 'attempt-1'), 0)
  chmodSync(join(dir, 'a.rank-2.log'), 0)
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir], ordinaryUser)
  t.strictSame([code, stdout], [1, whole])
  for (const reported of [/attempt-1: EACCES/, /dangling.log: ENOENT/, /loop.log: ELOOP/, /a.rank-2.log: EACCES/])
    t.match(stderr, reported)
  t.match(await ranklog(t, ['status', '--json', dir], ordinaryUser), {
    code: 1,
    stderr: /a.rank-2.log.*it is left out/,
  })
  const child = startRanklog(t, ['tail', '--raw', dir], ordinaryUser)
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
  ['an invalid rank', { files: ['a.rank-0.log'], rank: { evil: 1 } }, /"rank" is \{"evil":1\}/],
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
  truncateSync(join(dir, 'data.json'), 2 ** 33) // a sparse file takes no room on the disk
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.strictSame([code, stdout, stderr], [0, line(0, 1), ''])
  t.match(await ranklog(t, ['merge', join(dir, 'data.json')]), { code: 2, stderr: /data.json: not a manifest; use a/ })
})

t.test('a manifest whose log is a pipe or missing is reported, and the other logs are read', async (t) => {
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
  await child.stderr.until(/a.rank-1.log: EINVAL: not a regular file.*tail tries again/)
  writeFileSync(join(dir, 'a.rank-2.log'), line(2, 2))
  await child.stdout.until(/"rank":2/)
  child.kill('SIGTERM')
  t.equal((await child.exit).code, 0)
})

t.test('merge reads a pipe that is an argument', async (t) => {
  const dir = t.testdir({ 'a.rank-0.log': line(0, 1) })
  const pipe = join(dir, 'pipe')
  makeFifo(pipe)
  const child = startRanklog(t, ['merge', join(dir, 'a.rank-0.log'), pipe])
  appendFileSync(pipe, line(1, 2)) // waits for the reader
  t.match(await child.exit, { code: 0, stdout: whole, stderr: '' })
})

t.test('merge prints the readable part of a damaged compressed file, and reports it', async (t) => {
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
