import { once } from 'node:events'
import t from 'tap'
import { MemoryRun } from './memory-run.test-kit.ts'
import { MetricStream } from './metric-stream.ts'

function open() {
  const writer = new MemoryRun()
  const reports: string[] = []
  const report = (line: string) => void reports.push(line)
  const options = { name: 'pino-test', flushMs: 2, kept: 'records wait', report }
  return { writer, reports, stream: new MetricStream(writer, { ranks: '0', others: 'silent' }, options) }
}

const metric = '{"time":1700000000000,"metrics":{"a":1},"step":1}\n'

t.test('metric records are written and flushed by age, and other records are skipped', async (t) => {
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

t.test('any chunk is read as text, because pino’s hook streamWrite may return anything', (t) => {
  const { stream } = open()
  for (const chunk of [Buffer.from(metric), { toString: () => metric }, undefined, 5, '\n', metric]) {
    stream.write(chunk as string)
  }
  t.equal(stream.stats().records, 3)
  stream.end()
  t.end()
})

t.test('a fault is reported once, and every callback of flush gets it', async (t) => {
  const { writer, reports, stream } = open()
  writer.fault = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  stream.write(metric)
  t.equal(await new Promise((done) => stream.flush(done)), writer.fault)
  stream.flushSync()
  t.strictSame(reports, ['pino-test: ENOSPC: no space left on device, write; make room on the disk; records wait'])
})

t.test('after a fault the stream retries without a new record', async (t) => {
  const { writer, stream } = open()
  writer.fault = new Error('the disk is full')
  let onRetry = () => {}
  const retried = new Promise<void>((done) => {
    onRetry = done
  })
  writer.flush = () => {
    writer.flushes++
    if (writer.flushes === 2) onRetry()
    throw new Error('the disk is full')
  }
  const keepAlive = setInterval(() => {}, 60_000) // the stream's own timer does not keep the process alive
  stream.write(metric)
  await retried
  clearInterval(keepAlive)
  t.strictSame([writer.records.length, writer.flushes], [1, 2])
  stream.end()
  await once(stream, 'close')
})

t.test('a stream that ends before its process ends its run with the present exit code', async (t) => {
  const { exitCode } = process
  t.teardown(() => {
    process.exitCode = exitCode
  })
  for (const [code, end] of [
    [undefined, { status: 'finished', exitCode: 0 }],
    [3, { status: 'failed', exitCode: 1 }],
    [130, { status: 'killed', exitCode: 130 }],
  ] as const) {
    const { writer, stream } = open()
    stream.write(metric)
    process.exitCode = code
    stream.end()
    process.exitCode = exitCode
    t.match(writer.ends, [{ ...end, exitCode: code ?? 0 }])
    await once(stream, 'close')
  }
})

t.test('destroy with an error fails the run, and without one ends it', async (t) => {
  const failed = open()
  failed.stream.destroy(new Error('broken'))
  t.match(failed.writer.ends, [{ status: 'failed', exitCode: 1 }])
  const destroyed = open()
  destroyed.stream.destroy()
  t.match(destroyed.writer.ends, [{ status: 'finished', exitCode: 0 }])
})

t.test(
  'end() reads a last line without a newline, ends the run as the log says, and reports lost records',
  async (t) => {
    const { writer, reports, stream } = open()
    writer.drops = 3
    stream.write('{"run":{"status":"failed"}}\n')
    stream.write(Buffer.from(metric.trim()))
    stream.end()
    await once(stream, 'close')
    t.equal(writer.records.length, 1, 'a record with the end alone is not written')
    t.strictSame(writer.ends, [{ status: 'failed', exitCode: 1 }])
    t.strictSame(reports, ['pino-test: 3 records lost: no more could be written'])
  },
)

t.test('end() takes a last chunk, once, and emits finish and close', async (t) => {
  const { writer, stream } = open()
  const events: string[] = []
  for (const name of ['finish', 'close']) stream.on(name, () => events.push(name))
  stream.end(metric)
  t.equal(stream.writable, false)
  stream.end()
  await once(stream, 'close')
  t.strictSame([writer.records.length, writer.ends.length, events], [1, 1, ['finish', 'close']])
})

t.test('flushSync writes the buffered records in its call, and flush calls back without an error', async (t) => {
  const { writer, stream } = open()
  stream.write(metric)
  stream.flushSync()
  t.equal(writer.flushes, 1)
  t.equal(await new Promise((done) => stream.flush(done)), undefined)
  t.equal(writer.flushes, 2)
  stream.end()
  await once(stream, 'close')
})

t.test('the writer sees all text of the log, before the records in it', async (t) => {
  const { writer, stream } = open()
  const seen: [text: string, records: number][] = []
  Object.assign(writer, { see: (text: string) => seen.push([text, writer.records.length]) })
  const euro = Buffer.from('{"msg":"€"}\n')
  for (const chunk of [metric, euro.subarray(0, 9), euro.subarray(9), metric]) stream.write(chunk)
  t.strictSame(seen, [[metric, 0], ['{"msg":"', 1], ['€"}\n', 1], [metric, 1]]) // biome-ignore format: a table
  stream.end()
  await once(stream, 'close')
})
