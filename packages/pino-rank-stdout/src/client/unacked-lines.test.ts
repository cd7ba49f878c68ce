import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { UnackedLines } from './unacked-lines.ts'

const batch = fc.array(
  fc.string({ maxLength: 20 }).map((text) => `${text.replaceAll('\n', '')}\n`),
  { minLength: 1, maxLength: 5 },
)

t.test('the unacknowledged lines begin with the first line that is not written completely', async (_t) => {
  fc.assert(
    fc.property(fc.array(fc.record({ lines: batch, share: fc.double({ min: 0, max: 1, noNaN: true }) })), (steps) => {
      const unacked = new UnackedLines()
      let all = ''
      let written = 0
      for (const { lines, share } of steps) {
        unacked.add(Buffer.from(lines.join('')))
        all += lines.join('')
        const bytes = Buffer.from(all)
        written += Math.floor(share * (bytes.length - written))
        unacked.ack(written)
        const from = bytes.lastIndexOf(10, written - 1) + 1
        assert.equal(unacked.length, bytes.length - (written === 0 ? 0 : from))
      }
      const bytes = Buffer.from(all)
      const from = written === 0 ? 0 : bytes.lastIndexOf(10, written - 1) + 1
      assert.equal(String(unacked.takeAll()), String(bytes.subarray(from)))
      assert.equal(unacked.length, 0)
    }),
  )
})
