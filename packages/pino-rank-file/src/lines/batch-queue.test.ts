import t from 'tap'
import { BatchQueue } from './batch-queue.ts'
import type { Answer, Lane } from './lane.ts'

/** A writer thread that acknowledges when the test says so. */
class ScriptedLane implements Lane {
  busy = false
  answered: (answer: Answer) => void = () => {}
  readonly sent: string[] = []
  #length = 0

  write(lines: Buffer, sync: boolean): void {
    this.busy = true
    this.#length = lines.length
    this.sent.push(`${lines}${sync ? 'sync' : ''}`)
  }

  answer(): void {
    this.busy = false
    this.answered({ taken: this.#length })
  }

  wait(): undefined {}
  reopen(): void {}
  rotate(): void {}
  close(): void {}
}

/** Returns a queue that has handed its slow sink to a writer thread. */
function laned() {
  let now = 0
  const clock = { now: () => (now += 1000), after: () => () => {}, pause: () => {} }
  const end = { write: (lines: Buffer) => lines.length, sync: () => {}, close: () => {} }
  const lane = new ScriptedLane()
  const queue = new BatchQueue(end, { limit: 1000, clock, lane: () => lane })
  while (!queue.laned) queue.put(Buffer.from('before\n'))
  const put = (line: string) => queue.put(Buffer.from(`${line}\n`))
  const sync = () => {
    queue.sync()
    queue.drain()
  }
  return { queue, lane, put, sync }
}

t.test('a sync requested during another sync covers the lines in between', async (t) => {
  const { queue, lane, put, sync } = laned()
  put('1')
  sync()
  t.strictSame(lane.sent, ['1\nsync'])
  put('2')
  sync()
  lane.answer()
  t.strictSame(lane.sent, ['1\nsync', '2\nsync'])
  t.equal(queue.idle, false)
  lane.answer()
  t.equal(queue.idle, true)
})

t.test('a sync is done once the thread has written all batches before it', async (t) => {
  const { queue, lane, put, sync } = laned()
  put('1')
  sync()
  put('2')
  put('3')
  sync()
  for (let i = 0; i < 3; i++) lane.answer()
  t.strictSame(lane.sent, ['1\nsync', '2\n', '3\nsync'])
  t.equal(queue.idle, true)
})

t.test('a sync without lines is sent once as a request of its own', async (t) => {
  const { queue, lane, sync } = laned()
  sync()
  sync()
  t.strictSame(lane.sent, ['sync'])
  lane.answer()
  t.equal(queue.idle, true)
})
