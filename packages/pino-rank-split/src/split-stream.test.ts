import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { readManifests, rank as sink, splitStream } from './index.ts'

const as = (rank: number) => ({
  rank,
  launcher: 'test',
  worldSize: 4,
  localRank: rank % 2,
  runKey: 'job-7',
  attempt: 0,
})

t.test('each rank has a file and a manifest, from its first line on', (t) => {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const streams = [2, 0].map((rank) => splitStream({ path, rank: as(rank) }))
  t.strictSame(readdirSync(dir), [], 'nothing before the first byte')
  for (const stream of streams) pino({}, stream).error('boom')
  t.match(readManifests(dir), [{ rank: 0 }, { rank: 2 }], 'sorted by rank')
  t.match(readManifests(dir)[0], {
    version: 1,
    attempt: 0,
    worldSize: 4,
    localRank: 0,
    host: hostname(),
    pid: process.pid,
    runKey: 'job-7',
    files: ['train.rank-0.log'],
    startedAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    updatedAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    lines: 0,
    exit: 'unknown',
  })
  for (const stream of streams) stream.end()
  const bytes = readFileSync(join(dir, 'train.rank-2.log')).length
  t.match(readManifests(dir)[1], { rank: 2, lines: 1, bytes, drops: 0, errors: 0, exit: 'unknown' })
  t.strictSame(readdirSync(dir).sort(), [
    'train.rank-0.json',
    'train.rank-0.log',
    'train.rank-2.json',
    'train.rank-2.log',
  ])
  t.end()
})

t.test('a stream without a line makes no file', (t) => {
  const dir = t.testdir()
  splitStream({ path: join(dir, 'train.log'), rank: as(0) }).end()
  t.strictSame(readdirSync(dir), [])
  t.end()
})

t.test('append writes the line and the manifest before the call returns', (t) => {
  const dir = t.testdir()
  const line = sink.append?.({ path: join(dir, 'train.log') }, as(1)) as (line: string) => void
  t.strictSame(readdirSync(dir), [])
  line('größer\n')
  line('second\n')
  t.equal(readFileSync(join(dir, 'train.rank-1.log'), 'utf8'), 'größer\nsecond\n')
  t.match(readManifests(dir), [{ rank: 1, lines: 2, bytes: 16, exit: 'unknown' }])
  t.end()
})

t.test('a restart has a run directory of its own, unless attemptFolder is false', (t) => {
  const runDirectory = join(t.testdir(), 'runs')
  const options = { path: 'logs/train.log', runDirectory }
  sink.append?.(options, as(0))?.('1\n')
  sink.append?.(options, { ...as(1), attempt: 1 })?.('2\n')
  sink.append?.({ ...options, attemptFolder: false }, { ...as(2), attempt: 2 })?.('3\n')
  const ranks = (run: number) => readManifests(join(runDirectory, `version_${run}/logs`)).map(({ rank }) => rank)
  t.strictSame([ranks(0), ranks(1)], [[0, 2], [1]])
  t.match(readManifests(join(runDirectory, 'version_0/logs'))[0], { files: ['train.rank-0.log'] })
  t.end()
})

t.test('the umask applies to all modes, and a symbolic link that leads out is not followed', (t) => {
  const dir = t.testdir({ out: {} })
  const mask = process.umask(0)
  t.teardown(() => process.umask(mask))
  const bits = (path: string) => statSync(join(dir, path)).mode & 0o7777
  const modes = (folder: string) => ['', '/train.rank-0.log', '/train.rank-0.json'].map((file) => bits(folder + file))
  sink.append?.({ path: join(dir, 'plain/train.log') }, as(0))?.('1\n')
  t.strictSame(modes('plain'), [0o750, 0o640, 0o640])
  process.umask(0o027)
  sink.append?.({ path: join(dir, 'wide/train.log'), mode: 0o666, followSymlinks: false }, as(0))?.('1\n')
  t.strictSame(modes('wide'), [0o750, 0o640, 0o640])
  process.umask(0o077)
  sink.append?.({ path: join(dir, 'tight/train.log') }, as(0))?.('1\n')
  t.strictSame(modes('tight'), [0o700, 0o600, 0o600])

  const stream = splitStream({ path: join(dir, 'logs/{runKey}/train.log'), followSymlinks: false, rank: as(0) })
  stream.write('1\n')
  stream.flushSync()
  renameSync(join(dir, 'logs/job-7'), join(dir, 'moved'))
  symlinkSync('../out', join(dir, 'logs/job-7'))
  stream.end()
  t.strictSame(readdirSync(join(dir, 'out')), [], 'not even the manifest')
  t.end()
})

t.test('readManifests ignores other files, and throws if the folder is missing', (t) => {
  const dir = t.testdir({ 'package.json': '{"version":"1.0.0"}', 'torn.json': '{"version":1,', 'a.log': 'x' })
  writeFileSync(join(dir, 'other.json'), '[1]')
  writeFileSync(join(dir, 'null.json'), 'null')
  t.strictSame(readManifests(dir), [])
  t.throws(() => readManifests(join(dir, 'nowhere')), { code: 'ENOENT' })
  t.end()
})

t.test('wrong options are refused at construction, and the error names this package', (t) => {
  for (const options of [{}, { path: 'a/' }, { path: 'a.log', mode: -1 }, { path: 'a.log', flushLevel: 'loud' }]) {
    const message = /pino-rank-split/
    t.throws(() => splitStream(options as never), { message })
    t.throws(() => sink.check?.(options as never, as(0)), { message })
    t.throws(() => sink.append?.(options as never, as(0)), { message })
  }
  t.notOk(existsSync('a.rank-0.log'))
  t.end()
})

t.test('after each rotation the manifest lists the rotated files, oldest first', (t) => {
  const dir = t.testdir()
  const rank = { rank: 3, launcher: 'test', worldSize: 4 }
  const rotate = { maxBytes: 2 }
  const current = join(dir, 'now.log')
  const stream = splitStream({ path: join(dir, 'train.log'), current, rotate, flushBytes: 1, rank })
  for (const n of [1, 2, 3]) stream.write(`${n}\n`)
  const files = ['train.rank-3.log.1', 'train.rank-3.log.2', 'train.rank-3.log']
  t.strictSame(readManifests(dir)[0]?.files, files)
  t.equal(readlinkSync(join(dir, 'now.rank-3.log')), 'train.rank-3.log')
  stream.end()
  t.strictSame(readManifests(dir)[0]?.files, files)
  t.end()
})

t.test('the appended errors of a rank and the lines of its stream are counted together', (t) => {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const append = sink.append?.({ path }, as(1))
  const stream = splitStream({ path, rank: as(1) })
  const counts = () => readManifests(dir).map(({ lines, bytes }) => [lines, bytes])
  append?.('1\n')
  stream.write('22\n22\n')
  append?.('1\n')
  stream.end()
  t.strictSame(counts(), [[4, 10]])
  append?.('1\n')
  t.strictSame(counts(), [[5, 12]])
  const manifest = join(dir, 'train.rank-1.json')
  const another = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, JSON.stringify({ ...another, startedAt: '2025-01-30T12:00:00.000Z' }))
  append?.('1\n')
  t.strictSame(counts(), [[4, 8]], 'the counts of an earlier process with the same id are not added')
  t.end()
})

t.test('an exit code that another writer of this process wrote stays in the manifest', (t) => {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const stream = splitStream({ path, rank: as(1) })
  stream.write('1\n')
  stream.flushSync()
  const manifest = join(dir, 'train.rank-1.json')
  const found = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, JSON.stringify({ ...found, exit: 3 }))
  stream.end() // as in a worker, which does not know the exit code
  t.match(readManifests(dir), [{ rank: 1, lines: 1, exit: 3 }])
  t.end()
})

t.test('rotateOn rotates a rank’s file, and end() deletes files beyond keepFiles', (t) => {
  const dir = t.testdir()
  const log = join(dir, 'train.rank-1.log')
  const rotate = { maxBytes: 1e6, keepFiles: 1 }
  const options = { path: join(dir, 'train.log'), rank: as(1), flushBytes: 1 }
  const stream = splitStream({ ...options, rotate, rotateOn: 'SIGUSR2' })
  for (const line of ['1\n', '2\n']) {
    stream.write(line)
    process.emit('SIGUSR2', 'SIGUSR2')
  }
  stream.write('3\n')
  t.strictSame(
    [`${log}.1`, `${log}.2`, log].map((path) => readFileSync(path, 'utf8')),
    ['1\n', '2\n', '3\n'],
  )
  stream.end()
  t.strictSame([existsSync(`${log}.1`), existsSync(`${log}.2`)], [false, true])
  t.end()
})

t.test('reopenOn opens the path of a rank’s file again at once', (t) => {
  const dir = t.testdir()
  const [log, moved] = [join(dir, 'train.rank-1.log'), join(dir, 'moved')]
  const stream = splitStream({ path: join(dir, 'train.log'), rank: as(1), flushBytes: 1, reopenOn: 'SIGHUP' })
  stream.write('1\n')
  renameSync(log, moved)
  process.emit('SIGHUP', 'SIGHUP')
  stream.write('2\n')
  t.strictSame([readFileSync(moved, 'utf8'), readFileSync(log, 'utf8')], ['1\n', '2\n'])
  stream.end()
  t.end()
})
