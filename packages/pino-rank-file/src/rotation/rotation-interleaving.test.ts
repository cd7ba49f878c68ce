/** Several writers rotate one file at the same time, with their disk calls in any order. */
import { deepEqual, ok } from 'node:assert/strict'
import { basename } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { FileRotation } from './file-rotation.ts'
import { type ImaginaryFile, ImaginaryFolder } from './imaginary-folder.test-kit.ts'
import { rotatedFiles } from './rotated-files.ts'
import type { NameStyle } from './rotated-names.ts'
import { RotationProtocol } from './rotation-protocol.ts'
import { runSteps, type Steps, step } from './steps.ts'

const path = '/data/train.log'
const limit = 3
const writers = 4
/** When the folder's clock begins, in ms since 1970. */
const start = Date.UTC(2025, 0, 30, 12)
const style = fc.constantFrom<NameStyle>('numbered', 'dated')

interface Writing {
  lines: number
  names: NameStyle
}

/** An event: a writer takes steps or dies, time passes, or a file is compressed. */
type Event =
  | { kind: 'go'; writer: number; steps: number }
  | { kind: 'kill'; writer: number }
  | { kind: 'wait'; stopped: boolean }
  | { kind: 'compress' }

const writer = fc.nat(writers - 1)
const go = fc.record({ kind: fc.constant('go' as const), writer, steps: fc.integer({ min: 1, max: 12 }) })
const kill = fc.record({ kind: fc.constant('kill' as const), writer })
/** A second passes, for stopped writers or for running ones that have meanwhile written a line. */
const wait = (stopped: boolean) => fc.record({ kind: fc.constant('wait' as const), stopped: fc.constant(stopped) })
const compress = fc.record({ kind: fc.constant('compress' as const) })

/**
 * A writer with a real FileRotation that can be suspended at each disk call. Like AppendFile, it checks the path before
 * each line, opens it again at most once, and appends.
 */
class SteppedWriter {
  open: ImaginaryFile | undefined
  readonly written: string[] = []
  readonly reports: string[] = []
  readonly #steps: Steps<void>
  readonly #folder: ImaginaryFolder
  readonly #rotation: FileRotation
  isDone = false
  /** True if it has written a line and not begun the next one. */
  isIdle = true

  /** @param aheadMs how far its clock is ahead, which only dates names */
  constructor(folder: ImaginaryFolder, id: string, { lines, names, aheadMs }: Writing & { aheadMs: number }) {
    this.#folder = folder
    const settings = { maxBytes: limit, atStart: false, names, gzip: false, own: true } as const
    const clock = { now: () => folder.time, after: () => () => {}, nextTurn: () => () => {}, pause: () => {} }
    const report = (line: string) => this.reports.push(line)
    this.#rotation = new FileRotation(path, id, settings, {
      disk: folder,
      clock,
      wall: () => start + folder.time + aheadMs,
      report,
    })
    this.#steps = this.#run(id, lines)
  }

  go(): void {
    this.isDone ||= this.#steps.next().done === true
  }

  *#run(id: string, lines: number): Steps<void> {
    for (let seq = 0; seq < lines; seq++) {
      yield
      this.isIdle = false
      this.open ??= yield* step(() => this.#folder.open(path))
      if (yield* this.#mustReopen(this.open)) this.open = yield* step(() => this.#folder.open(path))
      yield
      this.#folder.append(this.open, `${id}.${seq}`)
      this.written.push(`${id}.${seq}`)
      this.isIdle = true
    }
  }

  *#mustReopen(open: ImaginaryFile): Steps<boolean> {
    const found = yield* step(() => this.#folder.stat(path))
    if (found?.ino !== open.ino) return true
    return yield* this.#rotation.steps(found)
  }
}

/** Sweeps like a later start, once a second until nothing is too young. What a sweep touches is young again. */
function sweepAll(folder: ImaginaryFolder, names: NameStyle): void {
  const next = new RotationProtocol(path, names, folder, () => start + folder.time)
  let young = true
  for (let second = 0; young && second < 3; second++) {
    folder.time += 1000
    young = runSteps(next.sweep(folder.time))
  }
  ok(!young, 'three sweeps finish what dead writers left')
}

/** Applies the events to an empty folder, lets all living writers finish, and sweeps. Returns what is then in the folder. */
function play(events: readonly Event[], style: NameStyle, lines = 12) {
  const folder = new ImaginaryFolder()
  const walkers = Array.from(
    { length: writers },
    (_, i) => new SteppedWriter(folder, `w${i}`, { lines, names: style, aheadMs: 400 * i }),
  )
  const dead = new Set<SteppedWriter>()
  const alive = () => walkers.filter((walker) => !dead.has(walker))
  for (const event of events) {
    if (event.kind === 'wait') {
      for (const walker of alive()) while (!event.stopped && !walker.isIdle) walker.go()
      folder.time += 1000
    } else if (event.kind === 'compress') compressOldest(folder, alive())
    else if (event.kind === 'kill') dead.add(walkers[event.writer] as SteppedWriter)
    else
      for (let i = 0; i < event.steps; i++)
        if (!dead.has(walkers[event.writer] as SteppedWriter)) walkers[event.writer]?.go()
  }
  while (alive().some(({ isDone }) => !isDone)) for (const walker of alive()) walker.go()
  sweepAll(folder, style)
  const names = [...folder.names.keys()]
  const all = [...logNames(names), ...strays(names)].flatMap((name) => folder.names.get(name)?.lines ?? [])
  /** Returns the lines of each writer. */
  const found = walkers.map((_, i) => all.filter((line) => line.startsWith(`w${i}.`)))
  return {
    names,
    /** The lines as a reader of all files finds them. */
    found,
    written: walkers.map(({ written }) => written),
    reports: walkers.flatMap(({ reports }) => reports),
    rotated: [...folder.names].filter(([name]) => name !== 'train.log').map(([, file]) => file),
  }
}

/** Compresses a file as retention does: not the newest, none that is still being moved, and none that a writer has open. */
function compressOldest(folder: ImaginaryFolder, alive: SteppedWriter[]): void {
  const rotated = rotatedFiles(path, [...folder.names.keys()]).map((file) => basename(file))
  const [oldest = '', ...others] = rotated.filter((name) => !name.endsWith('.gz'))
  const file = folder.names.get(oldest)
  const open = alive.some((walker) => walker.open === file && !walker.isDone)
  if (file && others.length > 0 && folder.namesOf(file).length === 1 && !open) folder.compress(oldest)
}

/** Returns the names that a reader finds: those of rotated files, oldest first, and that of the active file. */
function logNames(names: string[]): string[] {
  return [
    ...rotatedFiles(path, names).map((file) => basename(file)),
    ...names.filter((name) => name === basename(path)),
  ]
}

const strays = (names: string[]) => names.filter((name) => !logNames(names).includes(name))

t.test(
  'with disk calls in any order, each writer’s lines are there once and in order, and only full files are rotated',
  (t) => {
    fc.assert(
      fc.property(fc.array(go, { maxLength: 300, size: 'max' }), style, (events, style) => {
        const { names, found, written, rotated, reports } = play(events, style)
        deepEqual(strays(names), [])
        deepEqual(reports, [])
        deepEqual(found, written)
        ok(rotated.every(({ lines }) => lines.length >= limit))
      }),
      { numRuns: 1000 },
    )
    t.end()
  },
)

/** Any event may happen at any moment. */
const events = (stopped: boolean): fc.Arbitrary<Event[]> =>
  fc.array(
    fc.oneof(
      { weight: 20, arbitrary: go },
      { weight: 1, arbitrary: kill },
      { weight: 4, arbitrary: wait(stopped) },
      { weight: 3, arbitrary: compress },
    ) as fc.Arbitrary<Event>,
    { maxLength: 300, size: 'max' },
  )

t.test('with deaths and compression at any moment, each writer’s lines are there once and in order', (t) => {
  fc.assert(
    fc.property(events(false), style, (events, style) => {
      const { names, found, written, reports } = play(events, style)
      deepEqual(strays(names), [])
      deepEqual(reports, [])
      deepEqual(found, written)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

t.test('if running writers are also suspended, no line is lost or duplicated, and no private file is left', (t) => {
  fc.assert(
    fc.property(events(true), style, (events, style) => {
      const { names, found, written } = play(events, style)
      deepEqual(strays(names), [])
      deepEqual(
        found.map((lines) => lines.toSorted()),
        written.map((lines) => lines.toSorted()),
      )
    }),
    { numRuns: 1000 },
  )
  t.end()
})
