import { readFileSync } from 'node:fs'
import { putVarint, varintSize } from 'pino-rank-metrics/sink'
import t from 'tap'
import {
  crc32c,
  eventSize,
  fileVersion,
  histogramValue,
  imageValue,
  putEvent,
  putSummaryHead,
  scalarValue,
  sessionEnd,
  sessionLogStart,
  sessionStart,
  summaryHeadSize,
  textValue,
} from './event-format.ts'

/** Records that TensorBoard's own protos and RecordWriter wrote. The file names their version. */
const { vectors } = JSON.parse(readFileSync(new URL('../src/vectors.test.json', import.meta.url), 'utf8')) as {
  vectors: { name: string; record_hex: string }[]
}
const reference = new Map(vectors.map(({ name, record_hex }) => [name, record_hex]))

const time = 1_700_000_000_250

function record(step: number, body: Buffer): string {
  const bytes = Buffer.alloc(eventSize(body.length))
  return bytes
    .subarray(
      0,
      putEvent(bytes, 0, time, step, (bytes, at) => at + body.copy(bytes, at)),
    )
    .toString('hex')
}

function summary(...values: Buffer[]): Buffer {
  const value = Buffer.concat(values)
  const head = Buffer.alloc(summaryHeadSize(value.length))
  putSummaryHead(head, 0, value.length)
  return Buffer.concat([head, value])
}

function scalar(tag: string, value: number, first = true): Buffer {
  const { bytes, valueAt } = scalarValue(tag, first)
  bytes.writeFloatLE(value, valueAt)
  return bytes
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAGUlEQVR4AQEOAPH/AP8AAP8AAAD/AAD/AAAf7gP9ii433QAAAABJRU5ErkJggg==',
  'base64',
)
const hparams = new Map<string, number | string | boolean>([
  ['opt', 'adam'],
  ['lr', 0.001],
  ['amp', true],
])

const cases: [name: string, step: number, body: Buffer][] = [
  ['file_version', 0, fileVersion],
  ['session_log_start', 5, sessionLogStart],
  ['scalar_tensor_float_val', 7, summary(scalar('loss/train', 0.5))],
  ['scalar_tensor_no_metadata_later_step', 8, summary(scalar('loss/train', 0.25, false))],
  ['scalar_step_0', 0, summary(scalar('loss/train', 1))],
  ['scalar_value_0', 1, summary(scalar('z', 0))],
  ['scalar_nan', 1, summary(scalar('nan', NaN))],
  ['scalar_inf', 2, summary(scalar('inf', Infinity))],
  ['scalar_neg_inf', 3, summary(scalar('inf', -Infinity))],
  ['scalar_neg_zero', 3, summary(scalar('nz', -0))],
  ['scalar_float32_rounding', 3, summary(scalar('r', 0.1))],
  ['scalar_step_2p31', 2 ** 31 + 5, summary(scalar('s', 1))],
  ['scalar_unicode_tag', 1, summary(scalar('ä/π 🚀 b', 1.5))],
  ['scalar_tag_2000_bytes', 1, summary(scalar('t'.repeat(2000), 1.5))],
  ['two_values_one_event', 4, summary(scalar('a', 1), scalar('b', 2))],
  ['hparams_session_start', 0, summary(sessionStart(hparams, 'run-1', time / 1000))],
  ['hparams_session_start_one_key', 0, summary(sessionStart(new Map([['lr', 0]]), 'run-1', time / 1000))],
  ['hparams_session_end_success', 0, summary(sessionEnd('finished', time / 1000 + 60))],
  ['hparams_session_end_failure', 0, summary(sessionEnd('failed', time / 1000 + 60))],
  ['text_scalar', 3, summary(textValue('notes/text_summary', '**hello** wörld'))],
  ['histogram', 3, summary(histogramValue('w', { counts: [3, 5, 2], edges: [0, 1, 2, 3] }))],
  ['image_png', 3, summary(imageValue('img', { png, width: 2, height: 2 }))],
]

for (const [name, step, body] of cases) t.equal(record(step, body), reference.get(name), name)

t.equal(crc32c(Buffer.from('123456789')), 0xe3069283, 'the check value that CRC-32C defines')

t.test('a whole number is read back from its varint', (t) => {
  for (const value of [0, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 35 + 1, 2 ** 53 - 1]) {
    const bytes = Buffer.alloc(10)
    const end = putVarint(bytes, 0, value)
    t.equal(end, varintSize(value))
    const read = [...bytes.subarray(0, end)].reduce((sum, byte, at) => sum + (BigInt(byte & 127) << BigInt(7 * at)), 0n)
    t.equal(read, BigInt(value))
  }
  t.end()
})
