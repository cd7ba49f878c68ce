import { ErrorAppender } from 'pino-rank-file/append'
import type { LineSink } from 'pino-rank-lines'
import t from 'tap'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'

/** A sink that fails while it has a fault, writes at most `maxBytes` bytes at once, and may fail when it is closed. */
class RefusingSink implements LineSink {
  fault: string | undefined
  closeFault: string | undefined
  maxBytes = Number.POSITIVE_INFINITY
  text = ''
  closed = 0

  write(lines: Buffer): number {
    if (this.fault) throw Object.assign(new Error(`${this.fault}: refused`), { code: this.fault })
    const written = lines.subarray(0, this.maxBytes)
    this.text += written
    return written.length
  }

  close(): void {
    this.closed++
    if (this.closeFault) throw Object.assign(new Error(`${this.closeFault}: refused`), { code: this.closeFault })
  }
}

function appender() {
  const end = new RefusingSink()
  const clock = new ManualClock()
  const reports: string[] = []
  const attempts: number[] = []
  const errors = new ErrorAppender(end, {
    name: 'test',
    extraFields: { rank: 3 },
    clock,
    report: (line) => reports.push(line),
    onAttempt: ({ lines }) => attempts.push(lines),
  })
  return { end, clock, reports, attempts, errors }
}

const remedy =
  'test: EMFILE: refused; raise the limit of open files (ulimit -n); lines wait in memory for the next error or the exit'

t.test('each line is written and the sink closed before the call returns', async (t) => {
  const { end, reports, attempts, errors } = appender()
  errors.append('1\n')
  t.strictSame([end.text, end.closed], ['1\n', 1])
  end.maxBytes = 1
  errors.append('23\n')
  t.strictSame([end.text, end.closed], ['1\n23\n', 2])
  t.strictSame([reports, attempts], [[], [1, 2]])
  t.match(errors.stats, { lines: 2, bytes: 5, drops: 0, errors: 0 })
})

t.test('a line that cannot be written is reported once, and written with the next line, in order', async (t) => {
  const { end, reports, errors } = appender()
  end.fault = 'EMFILE'
  errors.append('1\n')
  errors.append('2\n')
  t.strictSame([end.text, end.closed, reports], ['', 2, [remedy]])
  end.fault = undefined
  errors.append('3\n')
  t.equal(end.text, '1\n2\n3\n')
  t.match(errors.stats, { lines: 3, drops: 0, errors: 2 })
  t.equal(reports.length, 1)
})

t.test('lines that cannot be written are retried each second by one timer', async (t) => {
  const { end, clock, attempts, errors } = appender()
  end.fault = 'EROFS'
  errors.append('1\n')
  errors.append('2\n')
  t.equal(clock.timers, 1)
  clock.pass(1000)
  t.equal(attempts.length, 3)
  end.fault = undefined
  clock.pass(999)
  t.equal(end.text, '')
  clock.pass(1)
  t.equal(end.text, '1\n2\n')
  t.equal(clock.timers, 0)
})

t.test('new lines beyond the limit are dropped, and a record in the log has their number', async (t) => {
  const { end, reports, errors } = appender()
  const long = `${'x'.repeat(2 ** 19)}\n`
  end.fault = 'ENOSPC'
  errors.append(long)
  for (const line of ['1\n', long, long, '2\n']) errors.append(line)
  t.match(errors.stats, { lines: 0, drops: 2 })
  end.fault = undefined
  errors.append('3\n')
  const lines = end.text.trimEnd().split('\n')
  t.strictSame(lines.slice(1, 4), ['1', '2', '3'])
  const { time, ...record } = JSON.parse(lines[4] as string)
  t.strictSame(record, { level: 40, rank: 3, drops: 2, msg: 'test: 2 lines dropped here: ENOSPC: refused' })
  t.equal(lines.length, 5)
  errors.append('4\n')
  t.equal(end.text.endsWith('}\n4\n'), true, 'the loss is reported once')
  t.equal(reports.length, 1)
})

t.test('a single line that is longer than the limit is buffered', async (t) => {
  const { end, errors } = appender()
  const long = `${'x'.repeat(2 ** 20)}\n`
  end.fault = 'ENOSPC'
  errors.append(long)
  end.fault = undefined
  errors.append('1\n')
  t.equal(end.text, `${long}1\n`)
})

t.test('a sink that fails on close, for example in fsync, is reported, and append does not throw', async (t) => {
  const { end, reports, errors } = appender()
  end.closeFault = 'EIO'
  errors.append('1\n')
  t.equal(end.text, '1\n')
  t.match(reports, [/^test: EIO: refused; check the disk for errors; /])
  t.match(errors.stats, { lines: 1, errors: 1 })
})
