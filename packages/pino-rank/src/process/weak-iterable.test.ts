import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { WeakIterable } from './weak-iterable.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/**
 * Adds an object for each flag, and returns those whose flag is true. It is a function of its own, so that no frame of the caller
 * keeps the others alive.
 */
function fill(iterable: WeakIterable<object>, flags: readonly boolean[]): object[] {
  return flags.flatMap((isKept) => {
    const object = {}
    iterable.add(object)
    return isKept ? [object] : []
  })
}

async function collected(): Promise<void> {
  await turn() // a weak reference holds its object until the end of the turn
  collect()
}

t.test('objects that are still referenced are iterated in order, and all others are gone', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 500 }), async (flags) => {
      const iterable = new WeakIterable<object>()
      const things = fill(iterable, flags)
      await collected()
      const found = [...iterable]
      t.equal(found.length, things.length)
      t.ok(things.every((object, i) => found[i] === object))
      t.equal(iterable.size, things.length)
    }),
    { numRuns: 25 },
  )
})

t.test('adding removes references to dead objects', async (t) => {
  const iterable = new WeakIterable<object>()
  const things = fill(iterable, Array(100).fill(true))
  for (let round = 0; round < 50; round++) {
    fill(iterable, Array(50).fill(false))
    await collected()
  }
  t.ok(iterable.size <= 250, `${iterable.size} references to 100 things`)
  t.equal([...iterable].length, things.length)
})
