import { once } from 'node:events'
import t from 'tap'
import type { MetricRecord, RunEnd } from './metric-record.ts'
import { MetricStream } from './metric-stream.ts'
import { metricRanks } from './ranks.ts'
import type { RunWriter } from './run-writer.ts'

/** Keeps what it is given; fails as long as `fault` is set. */
class Kept implements RunWriter {
  records: MetricRecord[] = []
  ends: (RunEnd | undefined)[] = []
  flushes = 0
  fault: Error | undefined

  write(record: MetricRecord): void {
    this.records.push(record)
  }

  flush(): void {
    this.flushes++
    if (this.fault) throw this.fault
  }

  async close(end: RunEnd | undefined): Promise<void> {
    this.ends.push(end)
  }

  stats() {
    return { records: this.records.length, values: 0, flushes: this.flushes, drops: 3, errors: 0 }
  }
}

function open() {
  const writer = new Kept()
  const said: string[] = []
  const report = (line: string) => void said.push(line)
  const options = { name: 'pino-test', flushMs: 2, kept: 'records wait', report }
  return { writer, said, stream: new MetricStream(writer, metricRanks, options) }
}

const metric = '{"time":1700000000000,"metrics":{"a":1},"step":1}\n'

t.test('metric records in, others passed over, flushed by age', async (t) => {
  const { writer, stream } = open()
  await once(stream, 'ready')
  t.ok(stream.write('{"level":30,"msg":"hello"}\n'))
  t.ok(stream.write(metric))
  t.equal(writer.flushes, 0)
  await new Promise<void>((done) => {
    const look = () => (writer.flushes > 0 ? done() : setImmediate(look))
    look()
  })
  t.equal(stream.stats().records, 1)
})

t.test('a fault is told once, and to flush’s callback', async (t) => {
  const { writer, said, stream } = open()
  writer.fault = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  stream.write(metric)
  t.equal(await new Promise((done) => stream.flush(done)), writer.fault)
  stream.flushSync()
  t.strictSame(said, ['pino-test: ENOSPC: no space left on device, write; make room on the disk; records wait'])
})

t.test('the end: a last line without its end, the status of the log, what was lost', async (t) => {
  const { writer, said, stream } = open()
  stream.write('{"run":{"status":"failed"}}\n')
  stream.write(Buffer.from(metric.trim()))
  stream.end()
  await once(stream, 'close')
  t.equal(writer.records.length, 1, 'the end alone is no record')
  t.strictSame(writer.ends, [{ status: 'failed', exitCode: 1 }])
  t.strictSame(said, ['pino-test: 3 records lost: the disk took no more'])
})
