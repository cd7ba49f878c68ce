import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { joinChannels, ringKinds } from '../kit/rings.ts'
import { temporary } from '../kit/temporary.ts'
import { type RingSockets, SocketChannel } from './socket-channel.ts'
import { joinUnixRing } from './unix-ring.ts'

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

t.test('bytes that arrive before the channel is created, and after them others, are received', async (t) => {
  const place = { worldSize: 2, directory: temporary(t) }
  const [first, second] = await Promise.all([0, 1].map((rank) => joinUnixRing({ ...place, rank })))
  const { next, reader } = { next: (second as RingSockets).next, reader: (first as RingSockets).reader }
  next.write('early')
  while (reader.receivedBytes < 5) await setImmediate()
  const channels = [first, second].map((sockets) => new SocketChannel(sockets as RingSockets)) as [
    SocketChannel,
    SocketChannel,
  ]
  t.teardown(() => {
    for (const channel of channels) channel.close()
  })
  for (const channel of channels) channel.setRef(true)
  await channels[1].send(Buffer.from(' late'))
  for (let turn = 0; turn < 10; turn++) await setImmediate() // the second bytes arrive before the first are received
  const into = Buffer.alloc(10)
  await channels[0].receive(into)
  t.equal(`${into}`, 'early late')
})
