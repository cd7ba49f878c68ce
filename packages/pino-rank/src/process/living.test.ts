import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { Living } from './living.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Adds a thing for each entry of `kept`, and keeps those that are to be kept. In its own frame, which keeps nothing. */
function fill(living: Living<object>, kept: readonly boolean[]): object[] {
  return kept.flatMap((keeps) => {
    const thing = {}
    living.add(thing)
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
      const living = new Living<object>()
      const things = fill(living, kept)
      await collected()
      const found = [...living]
      t.equal(found.length, things.length)
      t.ok(things.every((thing, i) => found[i] === thing))
      t.equal(living.size, things.length)
    }),
    { numRuns: 25 },
  )
})

t.test('adding lets go of the dead', async (t) => {
  const living = new Living<object>()
  const things = fill(living, Array(100).fill(true))
  for (let round = 0; round < 50; round++) {
    fill(living, Array(50).fill(false))
    await collected()
  }
  t.ok(living.size <= 250, `${living.size} references to 100 things`)
  t.equal([...living].length, things.length)
})
