import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RecordFile } from 'pino-rank-metrics/sink'
import t from 'tap'
import {
  BlockLog,
  exitRecord,
  headerRecord,
  historyRecord,
  type Item,
  outputRecord,
  type RunFacts,
  runRecord,
  stepMetricRecord,
  summaryRecord,
} from './wandb-format.ts'

interface Vectors {
  records: { name: string; record_hex: string; file_hex?: string }[]
  framing: { name: string; payload_lengths: number[]; file_length: number; file_sha256: string }[]
}

/** Records and files that wandb's own protos and DataStore wrote. The file names their versions. */
const { records, framing }: Vectors = JSON.parse(
  readFileSync(new URL('../src/vectors.test.json', import.meta.url), 'utf8'),
)
const reference = new Map(records.map(({ name, record_hex }) => [name, record_hex]))

const items = (...pairs: [string, string][]): Item[] => pairs.map(([key, json]) => ({ key, json }))

const run: RunFacts = {
  id: 'abc12345',
  project: 'proj',
  config: items(['lr', '0.1'], ['net', '{"width":64}'], ['nan', 'NaN']),
  name: 'run name',
  host: 'h',
  start: 1_700_000_000_250,
}
const grouped = { ...run, group: 'job-7', jobType: 'rank', notes: 'n', tags: ['a', 'ä'], resume: true }
const row = items(['loss', '0.5'], ['_step', '0'], ['_timestamp', '1700000000.5'], ['_runtime', '0.25'])
const nan = items(['loss', 'NaN'], ['x', 'Infinity'], ['y', '-Infinity'], ['_step', '300'])

const cases: [name: string, record: Buffer][] = [
  ['header', headerRecord(1, 'ts')],
  ['run', runRecord(2, run)],
  ['run_group_tags_resume', runRecord(2, grouped)],
  ['history_step0', historyRecord(3, row, 0)],
  ['history_nan', historyRecord(4, nan, 300)],
  ['summary', summaryRecord(6, items(['loss', '0.5'], ['_step', '300']))],
  ['define_metric_all', stepMetricRecord(7, 'trainer/global_step')],
  ['output_raw_stdout', outputRecord(8, 'hello\n')],
  ['exit_0', exitRecord(9, 0, 2)],
  ['exit_3', exitRecord(9, 3, 2)],
]

for (const [name, record] of cases) t.equal(record.toString('hex'), reference.get(name), name)

t.test('records of any length are framed in blocks and chunks as by the reference', (t) => {
  for (const { name, payload_lengths, file_length, file_sha256 } of framing) {
    const path = join(t.testdir(), 'run.wandb')
    const file = new RecordFile({ path: () => path })
    const log = new BlockLog(file)
    for (const [k, length] of payload_lengths.entries())
      log.put(Buffer.from(Array.from({ length }, (_, i) => (i * 7 + k) & 255)), true)
    file.close()
    const bytes = readFileSync(path)
    t.equal(bytes.length, file_length, name)
    t.equal(createHash('sha256').update(bytes).digest('hex'), file_sha256, name)
  }
  t.end()
})

t.test('a file with one record is equal to the reference', (t) => {
  for (const [name, record] of cases) {
    const { file_hex } = records.find((record) => record.name === name) ?? {}
    if (file_hex === undefined) continue
    const path = join(t.testdir(), 'run.wandb')
    const file = new RecordFile({ path: () => path })
    new BlockLog(file).put(record, true)
    file.close()
    t.equal(readFileSync(path).toString('hex'), file_hex, name)
  }
  t.end()
})
