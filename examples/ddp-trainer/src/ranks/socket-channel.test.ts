import fc from 'fast-check'
import t from 'tap'
import { joinChannels, ringKinds } from '../kit/rings.ts'
import type { SocketChannel } from './socket-channel.ts'

/** Returns consecutive parts of an array. The last ones are shorter if the array is. */
function cut(array: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const ends = lengths.map((_, index) => lengths.slice(0, index + 1).reduce((sum, length) => sum + length, 0))
  return [0, ...ends].map((start, index) => array.subarray(start, ends[index] ?? start))
}

for (const kind of ringKinds) {
  t.test(`${kind}: the bytes arrive in order, however long the arrays of both sides are`, async (t) => {
    const [first, second] = (await joinChannels(t, kind, 2)) as [SocketChannel, SocketChannel]
    for (const channel of [first, second]) channel.setRef(true)
    const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 200_000 })), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(lengths, lengths, async (sent, cuts) => {
        const all = Buffer.from(
          Array.from({ length: sent.reduce((sum, length) => sum + length, 0) }, (_, i) => i % 251),
        )
        const sending = second.send(...cut(all, sent))
        const received = Buffer.alloc(all.length)
        for (const into of cut(received, [...cuts, all.length])) await first.receive(into)
        await sending
        return received.equals(all)
      }),
      { numRuns: 50 },
    )
  })

  t.test(`${kind}: after the previous rank has ended, its last bytes are received, and sends succeed`, async (t) => {
    const [first, second, third] = (await joinChannels(t, kind, 3)) as [SocketChannel, SocketChannel, SocketChannel]
    for (const channel of [first, second]) channel.setRef(true)
    await third.send(Buffer.from('last words'))
    third.close()
    const into = Buffer.alloc(10)
    await first.receive(into.subarray(0, 4))
    await first.receive(into.subarray(4))
    t.equal(`${into}`, 'last words')
    await t.rejects(first.receive(new Uint8Array(1)), 'the channel of the previous rank is closed')
    await first.send(Buffer.from('more'))
    await second.receive(into.subarray(0, 4))
    t.equal(`${into}`, 'more words')
  })
}
