import t from 'tap'
import { slowWriter } from './slow-writer.test-kit.ts'

t.test('a slow write of a single line moves the sink to a thread, unless the line was written in part', async (t) => {
  for (const part of [1, 0.5, 0]) {
    const { writer, sink, threads, clock } = slowWriter()
    const writeLine = (_: string, bytes: number) => {
      clock.pause(sink.ms)
      return bytes * part
    }
    Object.assign(sink, { writeLine })
    t.equal(writer.writeLine('12\n4\n', 6, clock.now()), 6 * part)
    t.equal(writer.isSync, true, 'it was fast')
    sink.ms = 50
    t.equal(writer.writeLine('12\n4\n', 6, clock.now()), 6 * part)
    t.equal(writer.isSync, part < 1)
    t.equal(threads.length, part < 1 ? 0 : 1)
    if (part === 1) t.equal(writer.writeLine('1\n', 2, clock.now()), 0, 'the thread writes batches')
  }
})

t.test('a single line is written as a batch if the sink has no faster way, or fails, or is full', async (t) => {
  const { writer, sink, clock, submit } = slowWriter()
  const write = () => writer.writeLine('1\n', 2, clock.now())
  t.equal(write(), 0)
  let calls = 0
  Object.assign(sink, {
    writeLine() {
      calls++
      throw new Error('no room')
    },
  })
  t.strictSame([write(), calls, sink.text], [0, 1, ''])
  sink.error = Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
  submit('1')
  t.strictSame([write(), calls], [0, 1])
})
