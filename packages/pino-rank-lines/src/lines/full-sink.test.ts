import t from 'tap'
import { slowWriter } from './slow-writer.test-kit.ts'

t.test('a full sink is retried until it takes the batch, and no call waits', async (t) => {
  const { writer, sink, acks, errors, submit, clock } = slowWriter()
  sink.error = Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
  t.strictSame(submit('1'), { taken: 0 })
  t.equal(writer.isSync, false)
  t.equal(submit('1'), undefined)
  const before = clock.now()
  t.equal(writer.wait(50), undefined)
  t.equal(clock.now() - before, 50)
  clock.pass(1000)
  t.strictSame(acks, [])
  sink.error = undefined
  clock.pass(20)
  t.strictSame([acks, sink.text, writer.isSync, errors], [[{ taken: 2 }], '1\n', true, []])
  t.equal(clock.timers, 0)
})

t.test('a full sink that fails for another reason acknowledges with the error', async (t) => {
  const { writer, sink, acks, submit, clock } = slowWriter()
  sink.error = Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
  submit('1')
  submit('1')
  sink.error = Object.assign(new Error('EPIPE'), { code: 'EPIPE' })
  clock.pass(20)
  t.match(acks, [{ taken: 0, error: { code: 'EPIPE' } }])
  t.equal(writer.isSync, true)
})
