import t from 'tap'
import { BatchBuffer } from './batch-buffer.ts'
import { BatchPool } from './batch-pool.ts'

/** The limit of the buffers here. Their batches have at most 100 bytes, a sixteenth of it. */
const limit = 1600

/** Returns a line of this number of bytes. */
const line = (bytes: number, letter = 'x') => `${letter.repeat(bytes - 1)}\n`

function batchBuffer(...lines: string[]) {
  const buffer = new BatchBuffer(limit)
  const add = (text: string, isDropping = false) => buffer.add(Buffer.from(text), isDropping, undefined)
  for (const text of lines) add(text)
  /** Removes the batches. @returns their texts */
  const takeAll = () => {
    const texts: string[] = []
    for (let batch = buffer.first; batch; batch = buffer.first) {
      texts.push(`${batch.lines}`)
      buffer.remove(batch.lines.length)
    }
    return texts
  }
  return { buffer, add, takeAll }
}

t.test('lines are joined to batches of a limited size, and a longer line is a batch of its own', async (t) => {
  const { buffer, takeAll } = batchBuffer(line(60, 'a'), line(40, 'b'), '\n', line(5000, 'c'), line(2, 'd'))
  t.strictSame([buffer.batches, buffer.isEmpty], [4, false])
  t.strictSame(takeAll(), [line(60, 'a') + line(40, 'b'), '\n', line(5000, 'c'), line(2, 'd')])
  t.strictSame([buffer.batches, buffer.isEmpty, buffer.isFull], [0, true, false])
})

t.test('from some limit on, a batch does not grow with the limit', async (t) => {
  const linesInBatch = (limit: number) => {
    const buffer = new BatchBuffer(limit)
    let count = 0
    for (; buffer.batches < 2; count++) buffer.add(Buffer.alloc(1024, '\n'), false, undefined)
    return count - 1
  }
  t.strictSame([2 ** 22, 2 ** 23, 2 ** 24].map(linesInBatch), [256, 256, 256])
})

t.test('the batch that is being written is not changed', async (t) => {
  const { buffer, takeAll } = batchBuffer('1\n')
  buffer.add(Buffer.from('2\n'), false, buffer.first)
  t.strictSame(takeAll(), ['1\n', '2\n'])
})

t.test('the rest of a batch stays, and lines are added to it', async (t) => {
  const { buffer, add, takeAll } = batchBuffer('1\n2\n3\n')
  buffer.remove(2)
  add('4\n')
  t.strictSame(takeAll(), ['2\n3\n4\n'])
})

t.test('a buffer is full beyond its limit, and not at it', async (t) => {
  const { buffer, add } = batchBuffer(...Array(32).fill(line(50)))
  t.equal(buffer.isFull, false)
  add('\n')
  t.equal(buffer.isFull, true)
  buffer.remove(100)
  t.equal(buffer.isFull, false)
})

t.test('lines for which there is no room are dropped, and an empty buffer takes any', async (t) => {
  const ten = line(10)
  const cases: [what: string, buffered: number, lines: string, taken: string, drops: number][] = [
    ['room for all', limit - 30, ten.repeat(3), ten.repeat(3), 0],
    ['room for two', limit - 29, ten.repeat(3), ten.repeat(2), 1],
    ['room for one', limit - 10, ten.repeat(3), ten, 2],
    ['room for less than one', limit - 9, ten.repeat(3), '', 3],
    ['room for one byte', limit - 1, `\n${ten}`, '\n', 1],
    ['no room', limit, ten.repeat(3), '', 3],
    ['full', limit + 1, ten.repeat(3), '', 3],
    ['empty', 0, line(limit + 1), line(limit + 1), 0],
  ]
  for (const [what, buffered, lines, taken, drops] of cases) {
    const before = buffered > 0 ? line(buffered) : ''
    const { add, takeAll } = batchBuffer(...(before ? [before] : []))
    t.equal(add(lines, true), drops, what)
    t.equal(takeAll().join(''), before + taken, what)
  }
})

t.test('without dropping, lines are taken beyond the limit, and the newest are dropped later', async (t) => {
  const cases: [what: string, lines: string[], kept: string, drops: number][] = [
    ['at the limit', [line(limit)], line(limit), 0],
    ['one line of a batch', [line(1570), line(10, 'a'), line(20, 'b') + line(20, 'c')], line(1570) + line(10, 'a') + line(20, 'b'), 1],
    ['a batch and part of another', [line(1550), line(25, 'a') + line(50, 'b'), line(90)], line(1550) + line(25, 'a'), 2],
    ['all of the last batch', [line(limit - 1), line(2)], line(limit - 1), 1],
    ['a single line', [line(limit + 1)], '', 1],
  ] // biome-ignore format: a row each
  for (const [what, lines, kept, drops] of cases) {
    const { buffer, takeAll } = batchBuffer(...lines)
    t.equal(buffer.dropExcess(undefined), drops, what)
    t.equal(buffer.isFull, false, what)
    t.equal(takeAll().join(''), kept, what)
  }
})

t.test('after a drop, new lines take the place of the dropped ones', async (t) => {
  const { buffer, add, takeAll } = batchBuffer(line(1590), line(10, 'a') + line(10, 'b'))
  t.equal(buffer.dropExcess(undefined), 1)
  buffer.remove(1590)
  add(line(10, 'c'))
  t.strictSame(takeAll(), [line(10, 'a') + line(10, 'c')])
})

t.test('the batch that is being written is not dropped for want of room, but with all others', async (t) => {
  const { buffer } = batchBuffer(line(limit + 1), '2\n3\n')
  t.equal(buffer.dropExcess(buffer.first), 2)
  t.strictSame([buffer.batches, buffer.isFull], [1, true])
  t.equal(buffer.clear(), 1)
  t.strictSame([buffer.batches, buffer.isFull], [0, false])
})

t.test('a released buffer is used again for a batch of the same size', async (t) => {
  const pool = new BatchPool(limit)
  const first = pool.take(100)
  const second = pool.take(100)
  t.not(second.store, first.store)
  t.equal(first.lines.length, 0)
  pool.release(first)
  t.not(pool.take(100_000).store, first.store, 'too small')
  t.equal(pool.take(120).store, first.store)
  t.not(pool.take(100).store, first.store, 'in use again')
})

t.test('the buffers in use and the free ones have room for the limit, and for little more', async (t) => {
  const size = 2 ** 16
  for (const limit of [2 ** 24, 2 ** 26]) {
    const pool = new BatchPool(limit)
    const take = (count: number) => Array.from({ length: count }, () => pool.take(size))
    const all = take((2 * limit) / size)
    for (const batch of all) pool.release(batch)
    const stores = new Set(all.map(({ store }) => store))
    const inUse = take(10)
    const kept = [...inUse, ...take(all.length)].filter(({ store }) => stores.has(store)).length * size
    t.ok(kept >= limit && kept <= 1.05 * limit, `${kept} bytes for ${limit}`)
  }
})
