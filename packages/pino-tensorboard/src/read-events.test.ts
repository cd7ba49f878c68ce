import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { eventSize, fileVersion, maskedCrc, putEvent, sessionLogStart } from './event-format.ts'
import { EventFileError, readEvents, type TensorboardEvent } from './read-events.ts'

const time = 1_700_000_000_250

/** Returns the record of an event in a file. */
function record(step: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(eventSize(body.length))
  return bytes.subarray(
    0,
    putEvent(bytes, 0, time, step, (bytes, at) => at + body.copy(bytes, at)),
  )
}

async function read(path: string): Promise<{ events: TensorboardEvent[]; error: unknown }> {
  const events: TensorboardEvent[] = []
  try {
    for await (const event of readEvents(path)) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

function file(t: Test, ...records: Buffer[]): string {
  const path = join(t.testdir(), 'events')
  writeFileSync(path, Buffer.concat(records))
  return path
}

const first = record(0, fileVersion)
const second = record(5, sessionLogStart)

t.test('events are read with their times and steps, also across chunks', async (t) => {
  const many = Array.from({ length: 3000 }, (_, step) => record(step, sessionLogStart))
  const { events, error } = await read(file(t, first, second, ...many))
  t.equal(error, undefined)
  t.strictSame(events.slice(0, 2), [
    { time, step: 0, values: [], fileVersion: 'brain.Event:2' },
    { time, step: 5, values: [], sessionLog: 1 },
  ])
  t.strictSame(
    events.slice(2).map(({ step }) => step),
    many.map((_, step) => step),
  )
})

t.test('a torn last record is ignored, wherever it is cut', async (t) => {
  const path = file(t, first, second)
  for (let length = first.length + second.length - 1; length >= first.length; length--) {
    truncateSync(path, length)
    const { events, error } = await read(path)
    if (error !== undefined || events.length !== 1) t.fail(`${length} bytes: ${events.length} events, ${error}`)
  }
  appendFileSync(path, second)
  t.equal((await read(path)).events.length, 2)
})

t.test('any changed byte of a record is found, and the error has the offset of the record', async (t) => {
  for (let at = 0; at < second.length; at++) {
    const damaged = Buffer.from(second)
    damaged[at] = (damaged[at] as number) ^ 1
    const { events, error } = await read(file(t, first, damaged, first))
    t.ok(error instanceof EventFileError, `byte ${at}`)
    t.match(
      (error as Error).message,
      new RegExp(`events: byte ${first.length}: the CRC of the (?:length|record) is wrong`),
    )
    t.equal(events.length, 1, 'the events before it are read')
  }
})

/** Returns a record with correct CRCs. */
function framed(length: number, message: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + message.length + 4)
  bytes.writeBigUInt64LE(BigInt(length))
  bytes.writeUInt32LE(maskedCrc(bytes, 0, 8), 8)
  message.copy(bytes, 12)
  bytes.writeUInt32LE(maskedCrc(bytes, 12, 12 + message.length), 12 + message.length)
  return bytes
}

t.test('a record that is not an event, and a length that cannot be right, are errors', async (t) => {
  const message = Buffer.from([0x12, 5]) // a text that is longer than its message
  for (const [bytes, reason] of [
    [framed(message.length, message), /byte 0: the record is not an event: /],
    [framed(2 ** 31 + 1, Buffer.alloc(0)), /byte 0: the length 2147483649 is larger than 2147483648/],
  ] as const) {
    const { events, error } = await read(file(t, bytes))
    t.ok(error instanceof EventFileError)
    t.match((error as Error).message, reason)
    t.strictSame(events, [])
  }
  t.equal(
    (await read(file(t, framed(2 ** 31, Buffer.alloc(0))))).error,
    undefined,
    'a torn record of the maximum length',
  )
})

t.test('a path that is not a regular file is an error', async (t) => {
  t.match((await read('/dev/null')).error, { code: 'EINVAL' })
  t.match((await read(join(t.testdir(), 'missing'))).error, { code: 'ENOENT' })
})
