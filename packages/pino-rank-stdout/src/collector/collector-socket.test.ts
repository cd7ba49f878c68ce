import { once } from 'node:events'
import { merge } from 'pino-rank-merge'
import t from 'tap'
import { bench } from './collector-socket.test-kit.ts'
import { closed, refused } from './protocol.ts'

t.test('only a rank with the token is accepted', async (t) => {
  const { collector, rank, next } = await bench(t, { token: 'right' })
  for (const token of [undefined, '', 'wrong', 'righ', 'right ', 17 as unknown as string]) {
    const stranger = rank({ token })
    t.equal(await stranger.ack(), refused, `token ${JSON.stringify(token)}`)
    t.equal(await stranger.ack(), undefined, 'the connection is closed')
  }
  t.equal(collector.connected, 0)
  const own = rank({ token: 'right' })
  t.equal(await own.ack(), 0)
  await own.send('a\n')
  t.equal(await next(0), 'a\n')
})

t.test('an invalid handshake, or one from another stdout, is refused', async (t) => {
  const { rank } = await bench(t, { isOurs: (out) => out === '1:1' })
  t.equal(await rank('').ack(), refused)
  t.equal(await rank('x'.repeat(5000)).ack(), refused)
  const odd = ['\x1b[2J', null, 1.5, {}] as never[]
  for (const value of odd) t.equal(await rank({ rank: value }).ack(), refused, 'the rank is part of labels')
  for (const pid of odd)
    t.equal(await rank({ rank: 'unknown', pid }).ack(), refused, 'and so is the process id of an unknown rank')
  t.equal(await rank({ merge: 'auto', out: '1:2' }).ack(), refused)
  t.equal(await rank({ merge: 'auto', out: '1:1' }).ack(), 0)
  t.equal(await rank({ merge: 'always', out: '1:2' }).ack(), 0)
})

t.test('several connections of a rank are served at once, each as a source of that rank', async (t) => {
  const { collector, rank, next, named } = await bench(t)
  const loggers = [rank({ rank: 1 }), rank({ rank: 1 }), rank({ rank: 0 }), rank({ rank: 1, pid: 2 })]
  for (const logger of loggers) t.equal(await logger.ack(), 0, 'accepted while the others are connected')
  t.equal(collector.connected, 2, 'ranks, not connections')
  t.strictSame(
    named.map(([slot, name]) => collector.names[slot] === name),
    [true, true, true, true],
  )
  for (const [at, logger] of loggers.entries()) await logger.send(`line of ${at}\n`)
  const found: string[] = []
  for (const [slot, name] of collector.names.entries()) if (name !== '') found.push(`rank ${name}: ${await next(slot)}`)
  const lines = [1, 1, 0, 1].map((rank, at) => `rank ${rank}: line of ${at}\n`)
  t.strictSame(found.sort(), lines.sort(), 'each in a slot of its rank, whichever connected first')
})

t.test('the second connection of a slot gets acknowledgements of its own bytes only', async (t) => {
  const { collector, rank, next } = await bench(t, { ranks: ['7'] })
  const first = rank({ rank: 7 })
  t.equal(await first.ack(), 0)
  await first.send('0123456789\n')
  t.equal(await next(0), '0123456789\n')
  first.socket.end()
  await once(first.socket, 'close')
  while (!collector.slots[0]?.isAway) await new Promise(setImmediate)
  const second = rank({ rank: 7 })
  t.equal(await second.ack(), 0)
  t.equal(collector.names.filter(Boolean).length, 1, 'it gets the slot that became free')
  await second.send('ab\n')
  t.equal(await next(0), 'ab\n')
  collector.ackWritten([11])
  t.equal(await second.ack(), 0, 'the bytes of the first are not its own')
  collector.ackWritten([14])
  t.equal(await second.ack(), 3)
})

t.test('ranks and connections beyond the slots are refused and reported once', async (t) => {
  const { collector, rank, warnings } = await bench(t, { ranks: 1 })
  const loggers = collector.slots.map(() => rank({}))
  for (const logger of loggers) t.equal(await logger.ack(), 0)
  t.equal(await rank({}).ack(), refused)
  t.equal(await rank({ rank: 1 }).ack(), refused)
  t.strictSame(warnings, [
    `more than 1 ranks, or than ${collector.slots.length} loggers at the same time, want to send; the others write to their own stdout`,
  ])
})

t.test('a rank that is not in the list is refused without a report', async (t) => {
  const { rank, warnings } = await bench(t, { ranks: ['0', '1'] })
  t.equal(await rank({ rank: 2 }).ack(), refused)
  t.equal(await rank({ rank: 'unknown' }).ack(), refused)
  t.strictSame(warnings, [])
})

t.test('a collector that closes cleanly sends `closed` after its last acknowledgement', async (t) => {
  const { collector, rank, next } = await bench(t)
  const logger = rank({ rank: 1 })
  t.equal(await logger.ack(), 0)
  await logger.send('one\ntwo\n')
  t.equal(await next(0), 'one\ntwo\n')
  collector.stopReading()
  collector.ackWritten([8])
  collector.destroy(true)
  t.strictSame([await logger.ack(), await logger.ack(), await logger.ack()], [8, closed, undefined])
})

t.test('a collector that is destroyed does not send `closed`', async (t) => {
  const { collector, rank, next } = await bench(t)
  const logger = rank({ rank: 1 })
  t.equal(await logger.ack(), 0)
  await logger.send('one\n')
  t.equal(await next(0), 'one\n')
  collector.destroy()
  t.equal(await logger.ack(), undefined)
})

t.test('the start window ends when all loggers of all ranks have sent lines', async (t) => {
  const { rank, next } = await bench(t, { ranks: 2, startWindowMs: 600_000 })
  const loggers = [rank({ rank: 0 }), rank({ rank: 0 })]
  for (const [at, logger] of loggers.entries()) {
    t.equal(await logger.ack(), 0)
    await logger.send(`line of ${at}\n`)
  }
  let hasArrived = false
  const first = next(0).then((line) => {
    hasArrived = true
    return line
  })
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  t.notOk(hasArrived, 'they wait for rank 1')
  const last = [rank({ rank: 1 }), rank({ rank: 1 })]
  for (const logger of last) t.equal(await logger.ack(), 0)
  await last[0]?.send('line of rank 1\n')
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  t.notOk(hasArrived, 'they wait for its second logger')
  await last[1]?.send('line of rank 1\n')
  t.match(await first, /^line of [01]\n$/)
})

async function read(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

t.test('lines of several loggers of a rank are written in order of time', async (t) => {
  const { collector, rank } = await bench(t, { ranks: 1, startWindowMs: 600_000 }, false)
  const merged = merge(collector.slots, { live: true, reorderWindowMs: 600_000 })
  const written = read(merged)
  const loggers = [rank({}), rank({}), rank({})]
  for (const logger of loggers) t.equal(await logger.ack(), 0)
  const line = (seq: number) => `${JSON.stringify({ level: 30, time: 1_700_000_000_000 + seq, seq })}\n`
  const batches = 5
  for (let batch = 0; batch < batches; batch++) {
    for (const [at, logger] of loggers.entries()) {
      const lines = Array.from({ length: 20 }, (_, row) => line(60 * batch + 3 * row + at))
      await logger.send(lines.join(''))
    }
  }
  for (const logger of loggers) logger.socket.end()
  collector.end()
  t.strictSame(
    (await written)
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).seq),
    Array.from({ length: 300 }, (_, seq) => seq),
  )
  t.match(merged.stats(), { lines: 300, late: 0 })
})
