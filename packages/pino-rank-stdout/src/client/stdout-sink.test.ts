import t from 'tap'
import { ShortWriter } from '../../../pino-rank-lines/dist/system/short-writer.test-kit.js'
import { rank, stdoutStream } from '../index.ts'
import { StdoutSink } from './stdout-sink.ts'

function writeAllLines(pipe: ShortWriter, text: string): StdoutSink {
  const stdout = new StdoutSink(1, { pipe: 7, pipeWrite: (fd, bytes) => pipe.write(fd, bytes) })
  for (let rest = Buffer.from(text); rest.length > 0; rest = rest.subarray(stdout.write(rest)));
  return stdout
}

t.test('lines are written in pieces of whole lines and at most 4096 bytes', (t) => {
  const pipe = new ShortWriter()
  const text = Array.from({ length: 300 }, (_, i) => `${'ö'.repeat(i)}\n`).join('')
  t.equal(writeAllLines(pipe, text).oversized, 0)
  t.equal(pipe.pieces.join(''), text)
  t.ok(pipe.pieces.every((piece) => piece.endsWith('\n') && Buffer.byteLength(piece) <= 4096))
  t.ok(pipe.pieces.length < text.length / 4096 + 30, 'pieces are as long as possible')
  t.end()
})

t.test('a line of more than 4096 bytes is a piece of its own, and counts as oversized', (t) => {
  const pipe = new ShortWriter()
  const lines = ['a\n', `${'x'.repeat(4095)}\n`, `${'y'.repeat(4096)}\n`, 'b\n', `${'z'.repeat(100_000)}\n`, 'c\n']
  t.equal(writeAllLines(pipe, lines.join('')).oversized, 2)
  t.strictSame(pipe.pieces, lines)
  t.end()
})

t.test('a short write is continued', (t) => {
  const pipe = new ShortWriter([1, 2, 0, 3])
  writeAllLines(pipe, 'one line\n')
  t.strictSame(pipe.pieces, ['o', 'ne', '', ' li', 'ne\n'])
  t.end()
})

/** Returns a pipe that accepts `room` bytes and is then full. */
function fullPipe(room: number) {
  const pipe = { room, text: '', attempts: 0 }
  const write = (_fd: number, bytes: Uint8Array) => {
    pipe.attempts++
    if (pipe.room === 0 || (bytes.length <= 4096 && bytes.length > pipe.room))
      throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
    const written = Math.min(bytes.length, pipe.room)
    pipe.text += Buffer.from(bytes.subarray(0, written))
    pipe.room -= written
    return written
  }
  const blocking = (fd: number, bytes: Uint8Array) => {
    pipe.room = Infinity
    return write(fd, bytes)
  }
  return { pipe, stdout: new StdoutSink(1, { write: blocking, pipe: 7, pipeWrite: write }) }
}

t.test('one call waits for a stalled reader for a moment; later calls do not wait until it reads', (t) => {
  const { pipe, stdout } = fullPipe(3)
  t.equal(stdout.write(Buffer.from('1\n')), 2)
  const startedAt = performance.now()
  for (let i = 0; i < 1000; i++) t.throws(() => stdout.write(Buffer.from('2\n')), { code: 'EAGAIN' })
  t.ok(performance.now() - startedAt < 10_000, 'later calls do not wait')
  t.ok(pipe.attempts >= 1000)
  pipe.room = 100
  t.equal(stdout.write(Buffer.from('2\n')), 2)
  t.equal(pipe.text, '1\n2\n')
  t.end()
})

t.test('the rest of a long line is written before the next line, and at the end', (t) => {
  const long = `${'x'.repeat(20_000)}\n`
  const { pipe, stdout } = fullPipe(6000)
  t.equal(stdout.write(Buffer.from(long)), long.length)
  t.equal(pipe.text.length, 6000)
  t.throws(() => stdout.write(Buffer.from('1\n')), { code: 'EAGAIN' })
  pipe.room = 3000
  t.throws(() => stdout.write(Buffer.from('1\n')), { code: 'EAGAIN' })
  t.equal(pipe.text.length, 9000)
  stdout.end()
  t.equal(pipe.text, long)
  stdout.write(Buffer.from('1\n'))
  t.equal(pipe.text, `${long}1\n`, 'after end() a write waits for the reader')
  t.end()
})

t.test('the rest of a long line is written without another log call', async (t) => {
  const long = `${'x'.repeat(20_000)}\n`
  const { pipe, stdout } = fullPipe(6000)
  stdout.write(Buffer.from(long))
  pipe.room = 100_000
  while (pipe.text.length < long.length) await new Promise(setImmediate)
  t.equal(pipe.text, long)
})

t.test('wrong options are refused at construction', (t) => {
  for (const options of [{ path: 'a.log' }, { flushMs: 0 }, { flushLevel: 'loud' }]) {
    t.throws(() => stdoutStream(options), { message: /^(pino-rank: )?pino-rank-stdout/ })
    t.throws(() => rank.check?.(options as never, { rank: 0, launcher: 'test' }), { message: /pino-rank-stdout/ })
  }
  t.same(stdoutStream().stats(), { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0, oversized: 0, repeated: 0 })
  t.end()
})
