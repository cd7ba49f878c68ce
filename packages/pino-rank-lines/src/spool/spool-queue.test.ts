import { readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { breakDisk, filesIn, openQueue, repairDisk, send } from './spool-queue.test-kit.ts'
import type { UnsentRecord } from './spool-queue.ts'

t.test('a record is in the file when it was pushed, and the file is gone when all of it was sent', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = openQueue(path)
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

t.test('records that are pushed while others are sent belong to the next reading', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = openQueue(path)
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
  const { queue, clock } = openQueue(path, {
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
  const { queue, clock } = openQueue(path, { head: () => `head${clock.pause(ms) ?? ''}` })
  queue.push('a')
  send(queue)
  ms = 10_000
  queue.push('b')
  queue.push('c')
  t.match(readFileSync(filesIn(path)[0] as string, 'utf8'), /b\nc\n$/)
  queue.release()
  t.end()
})

t.test('records that are not in the file yet are sent, and are in the file after release', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue, clock, folder } = openQueue(path, { head: () => `head${clock.pause(1000) ?? ''}` })
  for (const text of ['a', 'b', 'c']) queue.push(text)
  t.strictSame(send(queue, 2), ['a', 'b'])
  t.strictSame(queue.release(), [])
  const [left] = [...folder.claimOrphaned()]
  t.strictSame([...(left?.lines() ?? [])].map(({ text }) => text).slice(-1), ['c'])
  left?.remove()
  t.end()
})

t.test('without a disk, records are sent from memory, and those without room are refused', (t) => {
  const path = join(t.testdir(), 'spool')
  breakDisk(path)
  const { queue, faults } = openQueue(path, { maxPendingBytes: 10 })
  t.ok(queue.push('0123456789'), 'one record always has room')
  t.notOk(queue.push('a'))
  t.match(faults, [{ code: 'EEXIST' }, { code: 'EEXIST' }])
  t.equal(queue.isFailing, true)
  t.strictSame(send(queue), ['0123456789'])
  t.ok(queue.push('b'))
  t.strictSame(queue.release(), ['b'], 'what is lost')
  t.end()
})

t.test('a record that is spooled while it is sent from memory is sent once, and no other record with it', (t) => {
  const path = join(t.testdir(), 'spool')
  breakDisk(path)
  const { queue } = openQueue(path)
  queue.push('a')
  const [a] = [...queue.unsent()]
  repairDisk(path)
  queue.push('b')
  t.equal(queue.isFailing, false)
  breakDisk(path)
  queue.push('c')
  if (a) queue.sentTo(a)
  repairDisk(path)
  t.strictSame(send(queue), ['b', 'c'])
  t.end()
})

t.test('records that come after the file was taken go into a new file, and all of them are sent', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = openQueue(path)
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

t.test('a long file is replaced by a short one, although records are pushed all the time', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue } = openQueue(path)
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

t.test('the file is removed if records are spooled after the sender has read them from memory', (t) => {
  const path = join(t.testdir(), 'spool')
  const { queue, clock } = openQueue(path, { head: () => `head${clock.pause(1000) ?? ''}` })
  for (const text of ['a', 'ä', 'c']) queue.push(text)
  const [, second, third] = [...queue.unsent()]
  t.equal(queue.isEmpty, false)
  t.strictSame([second?.at, third?.at], [undefined, undefined], 'they are only in memory')
  clock.pass(20_000)
  t.match(readFileSync(filesIn(path)[0] as string, 'utf8'), /a\nä\nc\n$/)
  queue.sentTo(second as UnsentRecord)
  queue.trim()
  const unsent = [...queue.unsent()].map(({ text }) => text)
  t.strictSame(unsent, ['c'])
  queue.sentTo(third as UnsentRecord)
  queue.trim()
  t.strictSame([filesIn(path), queue.isEmpty], [[], true])
  t.end()
})
