import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { WeakIterable } from './weak-iterable.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Adds a thing for each entry of `kept`, and keeps those that are to be kept. In its own frame, which keeps nothing. */
function fill(iterable: WeakIterable<object>, kept: readonly boolean[]): object[] {
  return kept.flatMap((keeps) => {
    const thing = {}
    iterable.add(thing)
    return keeps ? [thing] : []
  })
}

async function collected(): Promise<void> {
  await turn() // a weak reference holds its thing until the end of the turn
  collect()
}

t.test('what somebody keeps is there, in order; what nobody keeps is gone', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 500 }), async (kept) => {
      const iterable = new WeakIterable<object>()
      const things = fill(iterable, kept)
      await collected()
      const found = [...iterable]
      t.equal(found.length, things.length)
      t.ok(things.every((thing, i) => found[i] === thing))
      t.equal(iterable.size, things.length)
    }),
    { numRuns: 25 },
  )
})

t.test('adding lets go of the dead', async (t) => {
  const iterable = new WeakIterable<object>()
  const things = fill(iterable, Array(100).fill(true))
  for (let round = 0; round < 50; round++) {
    fill(iterable, Array(50).fill(false))
    await collected()
  }
  t.ok(iterable.size <= 250, `${iterable.size} references to 100 things`)
  t.equal([...iterable].length, things.length)
})
