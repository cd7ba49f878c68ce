import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { ManualClock } from '../system/manual-clock.test-kit.ts'
import { SpoolFolder } from './spool-folder.ts'
import { SpoolQueue } from './spool-queue.ts'

const id = '10000000-0000-4000-8000-000000000000'

function open(path: string, { maxPendingBytes = 1000, head = () => 'head' } = {}) {
  const clock = new ManualClock()
  const folder = new SpoolFolder(path, { prefix: 'test' })
  const faults: Error[] = []
  const onFault = (error: Error) => faults.push(error)
  const queue = new SpoolQueue(folder, { id, head, maxPendingBytes, onFault, clock })
  return { clock, folder, faults, queue }
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

/** Sends the first records, as a sender with one request for each of them. @returns them */
function send(queue: SpoolQueue, count = Infinity): string[] {
  const sent: string[] = []
  for (const record of queue.unsent()) {
    if (sent.length === count) break
    sent.push(record.text)
    queue.sentTo(record)
  }
  queue.trim()
  return sent
}

/** Makes a folder refuse everything, or be as it was. */
function breakDisk(folder: string): void {
  if (existsSync(folder)) renameSync(folder, `${folder}.away`)
  writeFileSync(folder, '')
}

function repairDisk(folder: string): void {
  rmSync(folder)
  if (existsSync(`${folder}.away`)) renameSync(`${folder}.away`, folder)
}

t.test('a record is in the file when it was pushed, and the file is gone when all of it was sent', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = open(path)
  t.ok(queue.isEmpty)
  for (const text of ['a', 'b', 'ä']) t.ok(queue.push(text))
  const [file = ''] = filesIn(path)
  t.equal(readFileSync(file, 'utf8'), 'head\na\nb\nä\n')
  t.strictSame(send(queue, 1), ['a'])
  queue.push('c')
  t.equal(readFileSync(file, 'utf8'), 'head\na\nb\nä\nc\n')
  t.strictSame(send(queue), ['b', 'ä', 'c'])
  t.strictSame([filesIn(path), queue.isEmpty], [[], true])
  t.end()
})

t.test('records that come while others are sent are of the next reading', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = open(path)
  queue.push('a')
  const reading = queue.unsent()
  reading.next()
  queue.push('b')
  t.ok(reading.next().done)
  t.strictSame(send(queue), ['a', 'b'])
  t.end()
})

t.test('appends take at most a twentieth of the time, and then several records at once', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue, clock } = open(path, {
    head() {
      clock.pause(100) // the disk
      return 'head'
    },
  })
  queue.push('a')
  const [file = ''] = filesIn(path)
  for (const text of ['b', 'c']) queue.push(text)
  clock.pass(999)
  t.equal(readFileSync(file, 'utf8'), 'head\na\n')
  clock.pass(1)
  t.equal(readFileSync(file, 'utf8'), 'head\na\nb\nc\n', 'without a further record')
  queue.push('d')
  t.equal(readFileSync(file, 'utf8'), 'head\na\nb\nc\nd\n', 'a fast append leaves time for the next')
  t.equal(clock.timers, 0)
  queue.release()
  t.end()
})

t.test('a single slow append delays no record', (t) => {
  const path = join(t.testdir(), 'spool')
  let ms = 0
  const { queue, clock } = open(path, { head: () => `head${clock.pause(ms) ?? ''}` })
  queue.push('a')
  send(queue)
  ms = 10_000
  queue.push('b')
  queue.push('c')
  t.match(readFileSync(filesIn(path)[0] as string, 'utf8'), /b\nc\n$/)
  queue.release()
  t.end()
})

t.test('what is not in the file is sent, and is released with it', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue, clock, folder } = open(path, { head: () => `head${clock.pause(1000) ?? ''}` })
  for (const text of ['a', 'b', 'c']) queue.push(text)
  t.strictSame(send(queue, 2), ['a', 'b'])
  t.strictSame(queue.release(), [])
  const [left] = [...folder.claimLeft()]
  t.strictSame([...(left?.lines() ?? [])].map(({ text }) => text).slice(-1), ['c'])
  left?.remove()
  t.end()
})

t.test('without a disk, records are sent from memory, and those without room are refused', (t) => {
  const path = join(t.testdir(), 'spool')
  breakDisk(path)
  const { queue, faults } = open(path, { maxPendingBytes: 10 })
  t.ok(queue.push('0123456789'), 'one record always has room')
  t.notOk(queue.push('a'))
  t.match(faults, [{ code: 'EEXIST' }, { code: 'EEXIST' }])
  t.strictSame(send(queue), ['0123456789'])
  t.ok(queue.push('b'))
  t.strictSame(queue.release(), ['b'], 'what is lost')
  t.end()
})

t.test('a record that is spooled while it is sent from memory takes no other record with it', (t) => {
  const path = join(t.testdir(), 'spool')
  breakDisk(path)
  const { queue } = open(path)
  queue.push('a')
  const [a] = [...queue.unsent()]
  repairDisk(path)
  queue.push('b')
  breakDisk(path)
  queue.push('c')
  if (a) queue.sentTo(a)
  repairDisk(path)
  t.strictSame(send(queue), ['a', 'b', 'c'], 'it is sent twice')
  t.end()
})

t.test('records that come after the file was taken go into a new one, of which nothing was sent', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = open(path)
  for (const text of ['a', 'b']) queue.push(text)
  const records = [...queue.unsent()]
  t.notOk(queue.wasTaken())
  for (const file of filesIn(path)) renameSync(file, join(path, 'taken'))
  queue.push('c')
  for (const record of records) queue.sentTo(record)
  t.ok(queue.wasTaken())
  t.strictSame(send(queue), ['c'])
  t.equal(readFileSync(join(path, 'taken'), 'utf8'), 'head\na\nb\n')
  t.end()
})

t.test('a long file is replaced by a short one, although records come all the time', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = open(path)
  const long = 'x'.repeat(100_000)
  const sent: string[] = []
  queue.push('0')
  for (let n = 1; n < 50; n++) {
    const reading = [...queue.unsent()]
    queue.push(`${n}${long}`) // comes while those are sent
    for (const record of reading) {
      sent.push(record.text)
      queue.sentTo(record)
    }
    queue.trim()
    const [file = '', ...others] = filesIn(path)
    t.strictSame(others, [])
    if (statSync(file).size > 1_500_000) t.fail(`${statSync(file).size} bytes`)
  }
  sent.push(...send(queue))
  t.strictSame(
    sent.map((text) => Number.parseInt(text, 10)),
    Array.from({ length: 50 }, (_, n) => n),
  )
  t.strictSame(filesIn(path), [])
  t.end()
})

type Step = { push: number } | { send: number } | 'break' | 'repair' | 'kill'

const steps = fc.array(
  fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ send: fc.integer({ min: 0, max: 8 }) }),
    fc.constantFrom<Step>('break', 'repair', 'kill'),
  ),
  { maxLength: 40 },
)

/** Carries out the steps, sends what is left, and returns the first arrivals and those that had to arrive. */
function run(t: Test, list: readonly Step[]): { arrived: string[]; expected: string[]; files: string[] } {
  const path = join(t.testdir(), 'spool')
  let { queue, folder } = open(path, { maxPendingBytes: 1e9 })
  const arrived = new Set<string>()
  const arrive = (texts: Iterable<string>) => {
    for (const text of texts) arrived.add(text)
  }
  let expected: string[] = []
  /** Pushed while the disk takes nothing: a kill may take it. */
  let atRisk = new Set<string>()
  let isBroken = false
  let pushed = 0
  const repair = () => {
    if (isBroken) repairDisk(path)
    isBroken = false
  }
  for (const step of [...list, 'repair', { send: Infinity }] as Step[]) {
    if (step === 'break') {
      if (!isBroken) breakDisk(path)
      isBroken = true
    } else if (step === 'repair') repair()
    else if (step === 'kill') {
      repair()
      for (const file of filesIn(path)) renameSync(file, join(path, `test-${id}.free.00000000.ndjson`))
      for (const file of folder.claimLeft()) {
        arrive([...file.lines()].slice(1).map(({ text }) => text))
        file.remove()
      }
      expected = expected.filter((text) => arrived.has(text) || !atRisk.has(text))
      atRisk = new Set()
      ;({ queue, folder } = open(path, { maxPendingBytes: 1e9 }))
    } else if ('push' in step) {
      for (let n = 0; n < step.push; n++) {
        const text = `${pushed++}ä`
        queue.push(text)
        expected.push(text)
        if (isBroken) atRisk.add(text)
        else atRisk = new Set()
      }
    } else {
      try {
        arrive(send(queue, step.send))
      } catch (error) {
        if (!isBroken) throw error
      }
    }
  }
  return { arrived: [...arrived], expected, files: filesIn(path) }
}

t.test('records arrive in order, and none is lost, whatever the disk and the process do', (t) => {
  fc.assert(
    fc.property(steps, (list) => {
      const { arrived, expected, files } = run(t, list)
      const wanted = arrived.filter((text) => expected.includes(text))
      assert.deepEqual({ wanted, files }, { wanted: expected, files: [] })
    }),
    { numRuns: 200 },
  )
  t.end()
})
