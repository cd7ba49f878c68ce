import protobuf from 'protobufjs'
import { sendResult } from './send-result.ts'

/** The job of a process that measures an encoder. */
export interface EncoderJob {
  /** A name in `encoders`. */
  encoder: string
  /** Number of records, each with one scalar. */
  records: number
}

export interface EncoderSample {
  /** Time per record, in ns. */
  wall: number
}

/** The class of pino-tensorboard that encodes metric records. */
interface RunEvents {
  write(record: object): void
}

/** The build of pino-tensorboard, for two parts that the package does not export. */
const own = new URL('../../packages/pino-tensorboard/dist/', import.meta.url)
const { RunEvents }: { RunEvents: new (...args: object[]) => RunEvents } = await import(`${own}run-events.js`)
const { maskedCrc }: { maskedCrc(bytes: Uint8Array, start: number, end: number): number } = await import(
  `${own}event-format.js`
)

const schema = `syntax = "proto3";
message Event { double wall_time = 1; int64 step = 2; Summary summary = 5; }
message Summary { repeated Value value = 1; }
message Value { string tag = 1; Tensor tensor = 8; }
message Tensor { int32 dtype = 1; Shape tensor_shape = 2; repeated float float_val = 5; }
message Shape {}`

const bytes = Buffer.alloc(2 ** 16)
const time = 1_700_000_000_250
const tags = Array.from({ length: 10 }, (_, at) => `layer/${at}/loss`)

type Encode = (tag: string, value: number, step: number) => number

/** Each encoder writes a framed record into `bytes`, and returns the offset of its end. It reuses its objects for all records. */
const encoders: Record<string, () => Encode> = {
  'pino-tensorboard'() {
    let end = 0
    const file = {
      put(_: number, encode: (bytes: Buffer, at: number) => number) {
        end = encode(bytes, 0)
        return true
      },
    }
    const run = new RunEvents(file, {}, { warn() {} })
    const scalar = ['', 0] as [string, number]
    const none = {
      epoch: undefined,
      rank: 0,
      texts: [],
      histograms: [],
      images: [],
      hparams: [],
      hparamLists: [],
      end: undefined,
    }
    const record = { ...none, time, step: 0, scalars: [scalar] }
    return (tag, value, step) => {
      scalar[0] = tag
      scalar[1] = value
      record.step = step
      run.write(record)
      return end
    }
  },
  protobufjs() {
    const event = protobuf.parse(schema).root.lookupType('Event')
    const floatVal = [0]
    const named = { tag: '', tensor: { dtype: 1, tensorShape: {}, floatVal } }
    const message = { wallTime: time / 1000, step: 0, summary: { value: [named] } }
    return (tag, value, step) => {
      named.tag = tag
      floatVal[0] = value
      message.step = step
      const data = event.encode(message).finish()
      const { length } = data
      bytes.writeUInt32LE(length, 0)
      bytes.writeUInt32LE(0, 4)
      bytes.writeUInt32LE(maskedCrc(bytes, 0, 8), 8)
      bytes.set(data, 12)
      return bytes.writeUInt32LE(maskedCrc(bytes, 12, 12 + length), 12 + length)
    }
  },
}

await sendResult<EncoderJob>(async ({ encoder, records }): Promise<EncoderSample> => {
  const encode = encoders[encoder]?.()
  if (!encode) throw new Error(`no encoder "${encoder}"`)
  let end = 0
  const run = (count: number) => {
    for (let step = 0; step < count; step++) end += encode(tags[step % tags.length] as string, 1 / (step + 1), step)
  }
  run(records / 10)
  const start = performance.now()
  run(records)
  const wall = ((performance.now() - start) * 1e6) / records
  if (end === 0) throw new Error('the encoder wrote nothing')
  return { wall }
})
