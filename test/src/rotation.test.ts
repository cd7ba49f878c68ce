import { linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { FileRotation, type FileRotationOptions } from '../../packages/pino-rank-file/dist/rotation/file-rotation.js'
import { FileServer } from '../../packages/pino-rank-file/dist/rotation/file-server.test-kit.js'
import { Linkless } from '../../packages/pino-rank-file/dist/rotation/linkless.test-kit.js'
import type { RotationSettings } from '../../packages/pino-rank-file/dist/rotation/rotate-options.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'

const plain = { atStart: false, names: 'numbered', gzip: false, own: true } as const

/** The middle of an hour. */
const halfPast = Date.UTC(2025, 0, 30, 12, 30)

/** Creates a log in a real folder. The test's clock dates its files and replaces the clocks of this machine. */
function rotating(
  t: Test,
  settings: Partial<RotationSettings>,
  more: FileRotationOptions & { old?: string; time?: { wall: number }; lag?: number } = {},
) {
  const { old, time = { wall: halfPast }, lag = 0, ...options } = more
  const dir = t.testdir(old === undefined ? {} : { 'train.log': old })
  const path = join(dir, 'train.log')
  const clock = new ManualClock()
  const server = new FileServer(dir, time.wall - lag)
  const reports: string[] = []
  const writer = (own: Partial<RotationSettings> = {}) => {
    const report = (line: string) => reports.push(line)
    const rotation = new FileRotation(
      path,
      'test',
      { ...plain, ...settings, ...own },
      { disk: server, clock, wall: () => time.wall, report, ...options },
    )
    const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, { clock, rotation })
    t.teardown(() => file.close())
    return { file, rotation, write: (text: string) => t.equal(file.write(Buffer.from(text)), text.length) }
  }
  /** Advances all clocks. */
  const pass = (ms: number) => {
    time.wall += ms
    server.time += ms
    clock.pass(ms)
  }
  const files = () =>
    Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')] as const))
  return { dir, path, clock, time, server, reports, writer, pass, files }
}

t.test('maxBytes: the first batch after the limit goes to a new file', (t) => {
  const { writer, files } = rotating(t, { maxBytes: 4 })
  const { write } = writer()
  for (const n of [1, 2, 3, 4, 5]) write(`${n}\n`)
  t.strictSame(files(), { 'train.log': '5\n', 'train.log.1': '1\n2\n', 'train.log.2': '3\n4\n' })
  t.end()
})

t.test('every: three writers rotate a file once, and rotate no empty file', (t) => {
  const { writer, files, pass } = rotating(t, { every: 'hour' })
  const writers = [writer(), writer(), writer()]
  for (const { write } of [...writers, ...writers]) write('1\n')
  pass(3_600_000)
  for (const { write } of writers) write('2\n')
  for (const { write } of writers) write('2\n')
  t.strictSame(files(), { 'train.log': '2\n'.repeat(6), 'train.log.1': '1\n'.repeat(6) })
  t.end()
})

t.test('every: the age of a file counts from its first line', (t) => {
  const { writer, files, pass } = rotating(t, { every: 'hour' })
  const [early, other] = [writer(), writer()]
  early.write('1\n')
  early.file.rotate()
  t.strictSame(files(), { 'train.log': '', 'train.log.1': '1\n' })
  pass(2 * 3_600_000)
  other.write('2\n')
  early.write('3\n')
  t.strictSame(files(), { 'train.log': '2\n3\n', 'train.log.1': '1\n' })
  t.end()
})

t.test('every: the age of an earlier run’s file counts from its last line', (t) => {
  const { writer, files, pass } = rotating(t, { every: 'day' }, { old: 'old\n' })
  pass(86_400_000)
  writer().write('new\n')
  t.strictSame(files(), { 'train.log': 'new\n', 'train.log.1': 'old\n' })
  t.end()
})

/** Two times, and whether a new day or hour begins between them in New York. */
const newYork: [name: string, every: 'day' | 'hour', from: string, to: string, isOver: boolean][] = [
  ['midnight', 'day', '2025-01-30T23:59:00-05:00', '2025-01-31T00:01:00-05:00', true],
  ['midnight of UTC', 'day', '2025-01-30T18:59:00-05:00', '2025-01-30T19:01:00-05:00', false],
  ['the end of a day of 23 hours', 'day', '2025-03-09T00:30:00-05:00', '2025-03-10T00:30:00-04:00', true],
  ['23 hours of a day of 25', 'day', '2025-11-02T00:30:00-04:00', '2025-11-02T23:30:00-05:00', false],
  ['an hour', 'hour', '2025-01-30T10:59:00-05:00', '2025-01-30T11:01:00-05:00', true],
  ['the hour that is repeated', 'hour', '2025-11-02T01:30:00-04:00', '2025-11-02T01:30:00-05:00', false],
  ['the hour after it', 'hour', '2025-11-02T01:30:00-04:00', '2025-11-02T02:01:00-05:00', true],
]

for (const [name, every, from, to, isOver] of newYork) {
  t.test(`every, in local time: ${name} ${isOver ? 'rotates' : 'does not rotate'}`, (t) => {
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    t.teardown(() => {
      process.env.TZ = zone ?? 'UTC'
    })
    const wall = Date.parse(from)
    const { writer, files, pass } = rotating(t, { every, timeZone: 'local' }, { time: { wall } })
    const { write } = writer()
    write('1\n')
    pass(Date.parse(to) - wall)
    write('2\n')
    t.strictSame(files(), isOver ? { 'train.log': '2\n', 'train.log.1': '1\n' } : { 'train.log': '1\n2\n' })
    t.end()
  })
}

t.test('atStart: the responsible writer rotates the file of an earlier run, and other writers do not', (t) => {
  const { writer, files } = rotating(t, { atStart: true }, { old: 'old\n', startedAt: halfPast + 60_000 })
  const [other, first] = [writer({ own: false }), writer()]
  other.write('other\n')
  first.write('first\n')
  other.write('other\n')
  first.write('first\n')
  t.strictSame(files(), { 'train.log': 'first\nother\nfirst\n', 'train.log.1': 'old\nother\n' })
  t.end()
})

t.test('atStart: a file that this job has begun is not rotated', (t) => {
  const { writer, files } = rotating(t, { atStart: true }, { old: 'fresh\n', startedAt: halfPast - 60_000 })
  writer().write('first\n')
  t.strictSame(files(), { 'train.log': 'fresh\nfirst\n' })
  t.end()
})

t.test('rotate() rotates the present file at once, and does nothing to an empty file', (t) => {
  const { writer, files } = rotating(t, {})
  const [one, two] = [writer(), writer()]
  one.write('1\n')
  two.write('2\n')
  one.file.rotate()
  t.strictSame(files(), { 'train.log': '', 'train.log.1': '1\n2\n' })
  two.file.rotate()
  two.write('3\n')
  one.write('4\n')
  t.strictSame(files(), { 'train.log': '3\n4\n', 'train.log.1': '1\n2\n' })
  t.end()
})

t.test('a running writer completes the claim of a dead one after a second, and a starting one at once', (t) => {
  const { writer, files, clock, pass, path, dir } = rotating(t, { maxBytes: 4 }, { old: '1\n2\n' })
  linkSync(path, join(dir, 'train.log.1'))
  const { write } = writer()
  write('3\n')
  t.equal(files()['train.log'], '1\n2\n3\n', 'lines go to the old file until then')
  clock.pass(1000)
  write('4\n')
  t.strictSame(files(), { 'train.log': '4\n', 'train.log.1': '1\n2\n3\n' })
  linkSync(path, join(dir, 'train.log.2'))
  pass(2000)
  writer().write('5\n')
  t.strictSame(files(), { 'train.log': '5\n', 'train.log.1': '1\n2\n3\n', 'train.log.2': '4\n' })
  t.end()
})

t.test('a later claim of a writer that dies is completed within two seconds', (t) => {
  const { writer, files, clock, path, dir } = rotating(t, { maxBytes: 4 })
  const { write } = writer()
  write('1\n')
  write('2\n')
  clock.pass(60_000)
  linkSync(path, join(dir, 'train.log.1'))
  for (const line of ['3', '4']) {
    t.equal(files()['train.log'], files()['train.log.1'], 'lines go to the old file until then')
    write(`${line}\n`)
    clock.pass(1000)
  }
  write('5\n')
  t.strictSame(files(), { 'train.log': '5\n', 'train.log.1': '1\n2\n3\n4\n' })
  t.end()
})

t.test('a file that a dead process has moved to a temporary name gets a rotated name', (t) => {
  const { writer, files, pass, dir } = rotating(t, {}, { old: '2\n' })
  writeFileSync(join(dir, '.train.log.out-1-00000000-0'), '1\n')
  pass(2000)
  writer().write('3\n')
  t.strictSame(files(), { 'train.log': '2\n3\n', 'train.log.1': '1\n' })
  t.end()
})

t.test('a failed rotation is reported once, tried again at doubling intervals, and loses no line', (t) => {
  const disk = new Linkless()
  const { writer, files, reports, clock } = rotating(t, { maxBytes: 2 }, { disk })
  const { write } = writer()
  for (let ms = 0; ms < 10_000; ms += 500) {
    write('1\n')
    clock.pass(500)
  }
  t.strictSame(files(), { 'train.log': '1\n'.repeat(20) })
  t.equal(disk.attempts, 4, 'at 0.5, 1.5, 3.5 and 7.5 s')
  t.strictSame(reports, [
    'test: rotation failed: EPERM: no hard links here; let this user link and rename there (some file systems ' +
      'have no hard links), or leave out rotate; it is retried, and lines are still written',
  ])
  t.end()
})

t.test('a writer thread, which gets a copy of the settings, does not report the same fault again', (t) => {
  const { writer, reports } = rotating(t, { maxBytes: 2 }, { disk: new Linkless() })
  const settings = { reportedKinds: new Set<string>() }
  for (const own of [() => settings, () => structuredClone(settings)]) {
    const { write } = writer(own())
    write('1\n')
    write('2\n')
    t.equal(reports.length, 1)
  }
  t.end()
})

t.test('a path that is a symbolic link is not rotated, and the fault is reported', (t) => {
  const { writer, files, reports, path } = rotating(t, { maxBytes: 2 })
  symlinkSync('real.log', path)
  const { write } = writer()
  write('1\n')
  write('2\n')
  t.strictSame(files(), { 'real.log': '1\n2\n', 'train.log': '1\n2\n' })
  t.match(reports, [/only a regular file/])
  t.end()
})
