/** Rotation by time if the times of files come from another clock than this machine's: that of a file server, or one that was changed. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rotatedFiles } from 'pino-rank-file/read'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { FileRotation } from '../../packages/pino-rank-file/dist/rotation/file-rotation.js'
import { FileServer } from '../../packages/pino-rank-file/dist/rotation/file-server.test-kit.js'
import type { RotationSettings } from '../../packages/pino-rank-file/dist/rotation/rotate-options.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const noon = Date.UTC(2025, 0, 30, 12)

class LocalClock {
  wall: number

  constructor(wall: number) {
    this.wall = wall
  }

  /** Moves the clock by this many ms. */
  set(ms: number): void {
    this.wall += ms
  }
}

/**
 * Returns a log on a file server. This machine's wall clock is `ahead` ms ahead of the server's. Each line has the number of the interval in
 * which it was written, by the clock of the server.
 */
function served(t: Test, settings: Partial<RotationSettings> & { every: 'minute' | 'hour' | 'day' }, ahead: number) {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const server = new FileServer(dir, noon)
  const clock = new ManualClock()
  const local = new LocalClock(noon + ahead)
  const reports: string[] = []
  const open = () => {
    const rotation = new FileRotation(
      path,
      'test',
      { atStart: false, names: 'numbered', gzip: false, own: true, ...settings },
      { disk: server, clock, wall: () => local.wall, report: (line) => reports.push(line) },
    )
    const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, { clock, rotation })
    t.teardown(() => file.close())
    const length = { minute, hour, day }[settings.every]
    return () => void file.write(Buffer.from(`${Math.floor(server.time / length) - Math.floor(noon / length)}\n`))
  }
  const pass = (ms: number) => {
    server.time += ms
    local.set(ms)
    clock.pass(ms)
  }
  /** Returns the intervals of each file's lines, each once. */
  const intervals = () =>
    rotatedFiles(path).map((file) => [...new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1))].join(' '))
  const lines = () => rotatedFiles(path).flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1)).length
  return { dir, path, server, clock, local, reports, open, pass, intervals, lines }
}

const clocks: [name: string, ahead: number][] = [
  ['that is right', 0],
  ['that is 3 s behind', 3000],
  ['that is 3 s ahead', -3000],
  ['that is a minute behind', minute],
  ['that is hours behind', 7 * hour + 1234],
  ['that is in another time zone', -(5 * hour + 30 * minute)],
  ['that was reset to 1970', noon],
]

for (const [name, ahead] of clocks) {
  t.test(`with a file clock ${name} each interval has one rotation, although processes start at any time`, (t) => {
    const { open, pass, intervals, lines, reports } = served(t, { every: 'minute' }, ahead)
    const writers: (() => void)[] = []
    for (let step = 0; step < 36; step++) {
      writers.push(open())
      for (const write of writers) write()
      pass(5000)
    }
    t.strictSame(intervals(), ['0', '1', '2'])
    t.equal(lines(), (36 * 37) / 2)
    t.strictSame(reports, [])
    t.end()
  })
}

const jumps: [name: string, jump: (clocks: { local: LocalClock; server: FileServer; clock: ManualClock }) => void][] = [
  ['this machine’s clock is set an hour ahead', ({ local }) => local.set(hour)],
  ['this machine’s clock is set an hour back', ({ local }) => local.set(-hour)],
  ['this machine’s clock is set back by half a second', ({ local }) => local.set(-500)],
  ['the machine sleeps, and its monotonic clock with it', ({ clock }) => clock.pass(-25_000)],
]

for (const [name, jump] of jumps) {
  t.test(`if ${name} while the file is open, each interval still has one rotation`, (t) => {
    const { open, pass, intervals, ...clocks } = served(t, { every: 'minute' }, 0)
    const writers = [open(), open()]
    for (let step = 0; step < 36; step++) {
      if (step === 10 || step === 22) jump(clocks)
      for (const write of writers) write()
      if (step % 6 === 0) open()()
      pass(5000)
    }
    t.strictSame(intervals(), ['0', '1', '2'])
    t.end()
  })
}

t.test('with a file clock that is slower than this machine’s, no rotation is early', (t) => {
  const { open, server, clock, local, intervals, lines } = served(t, { every: 'minute' }, 0)
  const writers = [open(), open()]
  for (let step = 0; step < 30; step++) {
    for (const write of writers) write()
    open()()
    server.time += 5000
    local.set(6000)
    clock.pass(6000)
  }
  t.strictSame(intervals(), ['0', '1', '2'])
  t.equal(lines(), 90)
  t.end()
})

t.test('rotations continue after a file clock that was a day ahead is corrected', (t) => {
  const { open, pass, server, intervals } = served(t, { every: 'hour' }, 0)
  open()()
  server.time += day
  const old = open()
  old()
  server.time -= day
  for (let hours = 0; hours < 3; hours++) {
    old()
    open()()
    pass(hour)
  }
  t.equal(intervals().at(-1), '2')
  t.equal(intervals()[0], '0')
  t.end()
})

t.test('a job that is restarted each hour rotates once a day', (t) => {
  const { open, pass, intervals } = served(t, { every: 'day' }, 3000)
  for (let hours = 0; hours < 50; hours++) {
    open()()
    open()()
    pass(hour)
  }
  t.strictSame(intervals(), ['0', '1', '2'])
  t.end()
})

t.test('if the file clock goes back at a rotation, each rank rotates at most once', (t) => {
  const { open, pass, server, intervals } = served(t, { every: 'minute' }, 0)
  const writers = [open(), open(), open()]
  for (const write of writers) write()
  pass(minute)
  for (let round = 0; round < 10; round++) {
    for (const write of writers) {
      write()
      server.time = noon + minute - 1 // as if another host's clock had dated the line
      write()
      server.time = noon + minute
    }
  }
  t.ok(intervals().length <= 1 + writers.length, `${intervals().length - 1} rotations`)
  t.end()
})

t.test('while no file can be created, rotation by time fails, is reported once, and succeeds later', (t) => {
  const { open, pass, server, intervals, reports, dir } = served(t, { every: 'minute' }, 3000)
  server.full = true
  const [one, two] = [open(), open()]
  for (const write of [one, two, one, two]) write()
  t.strictSame(reports, [], 'nothing was due')
  pass(minute)
  for (const write of [one, two, one, two, open()]) write()
  t.strictSame(intervals(), ['0 1'])
  t.match(
    reports,
    Array(2).fill(
      /^test: rotation failed: ENOSPC: .*make room on the disk; it is retried, and lines are still written$/,
    ),
  )
  server.full = false
  pass(2000)
  for (const write of [one, two, one, two]) write()
  t.strictSame(intervals(), ['0 1', '1'])
  t.strictSame(readdirSync(dir).sort(), ['train.log', 'train.log.1'])
  t.end()
})

t.test('the file clock is read once in ten minutes of writes', (t) => {
  const { open, pass, server } = served(t, { every: 'hour' }, 3000)
  const write = open()
  for (let seconds = 0; seconds < 600; seconds++) {
    write()
    if (seconds % 60 === 59) pass(minute)
  }
  t.equal(server.reads, 1)
  t.end()
})
