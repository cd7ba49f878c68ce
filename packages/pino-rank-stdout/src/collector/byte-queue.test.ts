import fc from 'fast-check'
import t from 'tap'
import { ByteQueue } from './byte-queue.ts'

t.test(
  'with any pushes and shifts of several queues, each returns its bytes in order, and does not change bytes in use',
  async (_t) => {
    const step = fc.record({
      queue: fc.integer({ min: 0, max: 2 }),
      push: fc.option(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 200_000 })), {
        nil: undefined,
      }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queues = [0, 1, 2].map(() => ({
          queue: new ByteQueue(),
          given: [] as Buffer[],
          taken: [] as Buffer[],
          lent: Buffer.alloc(0) as Buffer,
        }))
        let seed = 1
        const copyLent = (at: (typeof queues)[number]) => at.taken.push(Buffer.from(at.lent))
        for (const { queue: index, push } of steps) {
          const at = queues[index] as (typeof queues)[number]
          if (push !== undefined) {
            const bytes = Buffer.alloc(push, seed++)
            at.given.push(Buffer.from(bytes))
            at.queue.push(bytes)
            bytes.fill(0) // the queue has copied the bytes
          } else {
            copyLent(at)
            at.lent = at.queue.shift() ?? Buffer.alloc(0)
          }
        }
        for (const at of queues) {
          for (;;) {
            copyLent(at)
            const next = at.queue.shift()
            at.lent = next ?? Buffer.alloc(0)
            if (!next) break
          }
          if (at.queue.length > 0 || !Buffer.concat(at.taken).equals(Buffer.concat(at.given))) return false
        }
        return true
      }),
      { numRuns: 300 },
    )
  },
)
