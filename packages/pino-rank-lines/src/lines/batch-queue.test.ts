import t from 'tap'
import { BatchQueue } from './batch-queue.ts'
import type { Ack, WriterThread } from './writer-thread.ts'

/** A writer thread that acknowledges when the test says so. */
class ScriptedThread implements WriterThread {
  isBusy = false
  onAck: (ack: Ack) => void = () => {}
  readonly sent: string[] = []
  #length = 0

  write(lines: Buffer, sync: boolean): void {
    this.isBusy = true
    this.#length = lines.length
    this.sent.push(`${lines}${sync ? 'sync' : ''}`)
  }

  ack(): void {
    this.isBusy = false
    this.onAck({ taken: this.#length })
  }

  wait(): undefined {}
  reopen(): void {}
  rotate(): void {}
  close(): void {}
}

/** Returns a queue that has handed its slow sink to a writer thread. */
function offThreadQueue() {
  let now = 0
  const clock = { now: () => (now += 1000), after: () => () => {}, pause: () => {} }
  const end = { write: (lines: Buffer) => lines.length, sync: () => {}, close: () => {} }
  const thread = new ScriptedThread()
  const queue = new BatchQueue(end, { limit: 1000, clock, startThread: () => thread })
  while (!queue.isOffThread) queue.put(Buffer.from('before\n'))
  const put = (line: string) => queue.put(Buffer.from(`${line}\n`))
  const sync = () => {
    queue.sync()
    queue.drain()
  }
  return { queue, thread, put, sync }
}

t.test('a sync requested during another sync covers the lines in between', async (t) => {
  const { queue, thread, put, sync } = offThreadQueue()
  put('1')
  sync()
  t.strictSame(thread.sent, ['1\nsync'])
  put('2')
  sync()
  thread.ack()
  t.strictSame(thread.sent, ['1\nsync', '2\nsync'])
  t.equal(queue.isIdle, false)
  thread.ack()
  t.equal(queue.isIdle, true)
})

t.test('a sync is done once the thread has written all batches before it', async (t) => {
  const { queue, thread, put, sync } = offThreadQueue()
  put('1')
  sync()
  put('2')
  put('3')
  sync()
  for (let i = 0; i < 3; i++) thread.ack()
  t.strictSame(thread.sent, ['1\nsync', '2\n', '3\nsync'])
  t.equal(queue.isIdle, true)
})

t.test('a sync without lines is sent once as a request of its own', async (t) => {
  const { queue, thread, sync } = offThreadQueue()
  sync()
  sync()
  t.strictSame(thread.sent, ['sync'])
  thread.ack()
  t.equal(queue.isIdle, true)
})
