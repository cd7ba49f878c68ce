import { deepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { type NamedFile, RotationProtocol, runSteps, type Steps, step } from 'pino-rank-file/writer'
import t from 'tap'
import { type ImaginaryFile, ImaginaryFolder } from './kit/imaginary-folder.ts'

const path = '/data/train.log'
const limit = 3
const writers = 4

/** What happens next: a writer goes one step, or several, or dies; time passes; a file is packed. */
type Event =
  | { kind: 'go'; writer: number; steps: number }
  | { kind: 'kill'; writer: number }
  | { kind: 'wait' }
  | { kind: 'pack' }

const writer = fc.nat(writers - 1)
const go = fc.record({ kind: fc.constant('go' as const), writer, steps: fc.integer({ min: 1, max: 12 }) })
const kill = fc.record({ kind: fc.constant('kill' as const), writer })
const wait = fc.record({ kind: fc.constant('wait' as const) })
const pack = fc.record({ kind: fc.constant('pack' as const) })

/** A writer as AppendFile is one, cut at each call: looks before each line, rotates or sweeps, reopens once, appends. */
class Walker {
  open: ImaginaryFile | undefined
  readonly written: string[] = []
  readonly #steps: Steps<void>
  readonly #folder: ImaginaryFolder
  readonly #protocol: RotationProtocol
  over = false

  constructor(folder: ImaginaryFolder, id: string, lines: number) {
    this.#folder = folder
    this.#protocol = new RotationProtocol(path, 'numbered', folder, () => folder.time)
    this.#steps = this.#run(id, lines)
  }

  go(): void {
    this.over ||= this.#steps.next().done === true
  }

  *#run(id: string, lines: number): Steps<void> {
    for (let seq = 0; seq < lines; seq++) {
      this.open ??= yield* step(() => this.#folder.open(path))
      if (yield* this.#left(this.open)) this.open = yield* step(() => this.#folder.open(path))
      yield
      this.#folder.append(this.open, `${id}.${seq}`)
      this.written.push(`${id}.${seq}`)
    }
  }

  *#left(open: ImaginaryFile): Steps<boolean> {
    const found = yield* step(() => this.#folder.stat(path))
    if (found?.ino !== open.ino) return true
    if (found.size < limit) return false
    yield* this.#protocol.sweep(this.#folder.time)
    const outcome = yield* this.#protocol.rotate(found)
    return outcome !== 'claimed'
  }
}

/** As a later start: sweeps each second until nothing is left that is too young. What a sweep touches is young again. */
function sweepAll(folder: ImaginaryFolder): void {
  const next = new RotationProtocol(path, 'numbered', folder, () => folder.time)
  let young = true
  for (let second = 0; young && second < 3; second++) {
    folder.time += 1000
    young = runSteps(next.sweep(folder.time))
  }
  ok(!young, 'three sweeps finish what dead writers left')
}

/** What the events make of a folder, after all that live have ended and a later start has swept. */
function play(events: readonly Event[], lines = 12) {
  const folder = new ImaginaryFolder()
  const walkers = Array.from({ length: writers }, (_, i) => new Walker(folder, `w${i}`, lines))
  const dead = new Set<Walker>()
  const alive = () => walkers.filter((walker) => !dead.has(walker))
  for (const event of events) {
    if (event.kind === 'wait') folder.time += 1000
    else if (event.kind === 'pack') packOldest(folder, alive())
    else if (event.kind === 'kill') dead.add(walkers[event.writer] as Walker)
    else
      for (let i = 0; i < event.steps; i++) if (!dead.has(walkers[event.writer] as Walker)) walkers[event.writer]?.go()
  }
  while (alive().some(({ over }) => !over)) for (const walker of alive()) walker.go()
  sweepAll(folder)
  const files = [...folder.names.values()]
  return {
    names: [...folder.names.keys()],
    /** Each as often as a reader of all names would find it. */
    found: files.flatMap((file) => file.lines).sort(),
    written: walkers.flatMap(({ written }) => written).sort(),
    rotated: [...folder.names].filter(([name]) => name !== 'train.log').map(([, file]) => file),
  }
}

/** As the housekeeper: not the newest, none that the rotation has not done with; and no writer is late. */
function packOldest(folder: ImaginaryFolder, alive: Walker[]): void {
  const plain = [...folder.names.keys()].filter((name) => /^train\.log\.\d+$/.test(name))
  const numbers = plain.map((name) => Number(name.slice(10))).sort((a, b) => a - b)
  const oldest = `train.log.${numbers[0]}`
  const file = folder.names.get(oldest)
  const open = alive.some((walker) => walker.open === file && !walker.over)
  if (file && numbers.length > 1 && folder.namesOf(file).length === 1 && !open) folder.pack(oldest)
}

const strays = (names: string[]) => names.filter((name) => !/^train\.log(\.\d+(\.gz)?)?$/.test(name))

t.test('in any order: no line is lost or there twice, and each full file is rotated once', (t) => {
  fc.assert(
    fc.property(fc.array(go, { maxLength: 300, size: 'max' }), (events) => {
      const { names, found, written, rotated } = play(events)
      deepEqual(strays(names), [])
      deepEqual(found, written)
      ok(rotated.every(({ lines }) => lines.length >= limit))
    }),
    { numRuns: 1000 },
  )
  t.end()
})

t.test('and with deaths, takeovers and packing at any moment: no line is lost or there twice, nothing is left', (t) => {
  const event = fc.oneof(
    { weight: 20, arbitrary: go },
    { weight: 1, arbitrary: kill },
    { weight: 4, arbitrary: wait },
    { weight: 3, arbitrary: pack },
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300, size: 'max' }), (events) => {
      const { names, found, written } = play(events as Event[])
      deepEqual(strays(names), [])
      deepEqual(found, written)
    }),
    { numRuns: 1000 },
  )
  t.end()
})

t.test('a claim that comes so late that its name is free again is taken back', (t) => {
  const folder = new ImaginaryFolder()
  const protocol = () => new RotationProtocol(path, 'numbered', folder, () => folder.time)
  const rotate = (line: string) => {
    folder.append(folder.open(path), line)
    return protocol().rotate(folder.stat(path) as NamedFile)
  }
  const late = rotate('a')
  for (let call = 0; call < 3; call++) late.next() // it has the names and the file, and is about to link
  t.equal(runSteps(rotate('b')), 'rotated')
  t.equal(runSteps(rotate('c')), 'rotated')
  folder.pack('train.log.1')
  folder.append(folder.open(path), 'd')
  t.equal(runSteps(late), 'moved')
  t.strictSame(folder.list().sort(), ['train.log', 'train.log.1.gz', 'train.log.2'])
  t.strictSame(folder.open(path).lines, ['d'])
  t.end()
})

t.test('of two rotated names of one file the newer stays', (t) => {
  const folder = new ImaginaryFolder()
  folder.append(folder.open('train.log.1'), 'a')
  folder.link('train.log.1', 'train.log.2')
  t.equal(runSteps(new RotationProtocol(path, 'numbered', folder, () => 0).sweep(0)), false)
  t.strictSame(folder.list(), ['train.log.2'])
  t.end()
})

t.test('a dated name is that of the moment, and never before the newest', (t) => {
  const folder = new ImaginaryFolder()
  folder.time = Date.UTC(2025, 0, 30, 12)
  const protocol = new RotationProtocol(path, 'dated', folder, () => folder.time)
  for (const later of [0, 0, -60_000, 1000]) {
    folder.time += later
    folder.append(folder.open(path), 'a')
    runSteps(protocol.rotate(folder.stat(path) as NamedFile))
  }
  folder.time += 120_000
  folder.append(folder.open(path), 'a')
  runSteps(protocol.rotate(folder.stat(path) as NamedFile))
  const dates = ['120000Z', '120000Z-2', '120000Z-3', '120000Z-4', '120101Z']
  t.strictSame(folder.list(), [...dates.map((date) => `train.log.20250130T${date}`), 'train.log'])
  t.end()
})
