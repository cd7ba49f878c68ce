import { once } from 'node:events'
import pino from 'pino'
import t from 'tap'
import type { RunEnd } from '../record/index.ts'
import { logExit } from './log-exit.ts'
import { MemoryRun } from './memory-run.test-kit.ts'
import { MetricStream } from './metric-stream.ts'
import { leaveOutRunner, simulateExit } from './simulated-exit.test-kit.ts'

/** A run in files: its end can be replaced. */
class AmendableRun extends MemoryRun {
  readonly amended: RunEnd[] = []

  amend(end: RunEnd): void {
    this.amended.push(end)
  }
}

/** A run on a server: it is closed in the event loop, and at the exit without it. */
class ServerRun extends MemoryRun {
  readonly endsAtExit: (RunEnd | undefined)[] = []

  closeNow(end: RunEnd | undefined): void {
    this.endsAtExit.push(end)
  }
}

const metric = '{"time":1700000000000,"metrics":{"a":1},"step":1}\n'
const finished = { status: 'finished', exitCode: 0 }
const failed = { status: 'failed', exitCode: 3 }

function open<Run extends MemoryRun>(writer: Run) {
  const reports: string[] = []
  const report = (line: string) => void reports.push(line)
  const options = { name: 'pino-test', flushMs: 60_000, kept: 'records wait', report }
  const stream = new MetricStream(writer, { ranks: '0', others: 'silent' }, options)
  return { writer, reports, stream }
}

t.beforeEach(leaveOutRunner)

t.test('a run whose process exits ends with the exit code, after the last line without a newline', async (t) => {
  const { writer, reports, stream } = open(new MemoryRun())
  writer.drops = 2
  stream.write(metric)
  stream.write(metric.trim())
  simulateExit(3)
  t.equal(writer.records.length, 2)
  t.strictSame(writer.ends, [failed])
  t.strictSame(reports, ['pino-test: 2 records lost: no more could be written'])
  t.equal(stream.writable, false)
  simulateExit(4)
  stream.end()
  t.strictSame(writer.ends, [failed], 'it ends once')
})

t.test('the end in the log is the end of a run whose process exits', async (t) => {
  const { writer, stream } = open(new MemoryRun())
  stream.write(metric)
  stream.write('{"run":{"status":"killed"}}\n')
  simulateExit(0)
  t.match(writer.ends, [{ status: 'killed' }])
})

t.test('at the exit a run on a server is closed without the event loop', async (t) => {
  const { writer, stream } = open(new ServerRun())
  stream.write(metric)
  simulateExit(3)
  t.strictSame([writer.endsAtExit, writer.ends], [[failed], []])
})

t.test('a run without a record is not ended at the exit', async (t) => {
  const { writer, stream } = open(new MemoryRun())
  simulateExit(3)
  t.strictSame(writer.ends, [])
  stream.end()
  await once(stream, 'close')
})

t.test('the end of a run is corrected if the process exits with another code after end()', async (t) => {
  for (const [code, isGiven, amended] of [
    [3, false, [failed]],
    [0, false, []],
    [3, true, []],
  ] as const) {
    const { writer, stream } = open(new AmendableRun())
    stream.write(metric)
    if (isGiven) stream.write('{"run":{"status":"finished"}}\n')
    stream.end()
    t.equal(stream.writable, false)
    await once(stream, 'close')
    simulateExit(code)
    t.strictSame([writer.ends, writer.amended], [[finished], amended], `exit code ${code}, given: ${isGiven}`)
  }
})

t.test('a run that could not be closed is not corrected', async (t) => {
  const { writer, stream } = open(new AmendableRun())
  writer.close = async () => {
    throw new Error('the disk is full')
  }
  stream.end(metric)
  await once(stream, 'close')
  simulateExit(3)
  t.strictSame(writer.amended, [])
})

t.test('a run on a server is closed again at the exit if its end has changed or has not arrived', async (t) => {
  for (const [name, isClosed, code, endsAtExit] of [
    ['another code', true, 3, [failed]],
    ['the same code', true, 0, []],
    ['not closed yet', false, 0, [finished]],
  ] as const) {
    const { writer, stream } = open(new ServerRun())
    stream.end(metric)
    if (isClosed) await once(stream, 'close')
    simulateExit(code)
    t.strictSame(writer.endsAtExit, endsAtExit, name)
    if (!isClosed) await once(stream, 'close')
  }
})

t.test('the exit code does not change a run after which the program began another', async (t) => {
  const first = open(new ServerRun())
  first.stream.end(metric)
  await once(first.stream, 'close')
  const closing = open(new ServerRun())
  closing.stream.end(metric)
  const last = open(new ServerRun())
  simulateExit(3)
  t.strictSame(first.writer.endsAtExit, [], 'it is closed')
  t.strictSame(closing.writer.endsAtExit, [finished], 'it was still closing')
  await once(closing.stream, 'close')
  simulateExit(3)
  t.equal(closing.writer.endsAtExit.length, 1, 'it is closed now')
  last.stream.end()
  await once(last.stream, 'close')
})

t.test('runs that have ended leave no exit listener once the program began another', async (t) => {
  open(new MemoryRun()).stream.end() // the runs of other tests are now earlier ones
  const before = process.listenerCount('exit') - 1
  for (const isClosed of [true, false]) {
    const { stream } = open(new ServerRun())
    stream.end(metric)
    if (isClosed) await once(stream, 'close')
    t.equal(process.listenerCount('exit'), before + 1)
    const next = open(new ServerRun()).stream
    t.equal(process.listenerCount('exit'), isClosed ? before : before + 1)
    if (!isClosed) await once(stream, 'close')
    t.equal(process.listenerCount('exit'), before)
    next.end()
    await once(next, 'close')
  }
})

t.test('logExit logs the exit code once, at the exit', async (t) => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line), end() {} }
  const { end } = destination
  const log = pino({ base: null, timestamp: false }, destination)
  const remove = logExit(log)
  t.equal(destination.end, end, 'only the stream of a worker is changed')
  simulateExit(3)
  t.strictSame(lines, ['{"level":30,"run":{"exitCode":3}}\n'])
  remove()
  simulateExit(3)
  t.equal(lines.length, 1)
})
