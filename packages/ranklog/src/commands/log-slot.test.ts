import t from 'tap'
import { LogSlot } from './log-slot.ts'

/** Bytes that come when the test says so. */
class Arriving implements AsyncIterable<Uint8Array> {
  readonly #parts: string[] = []
  #wake: (() => void) | undefined
  #isEnded = false

  arrive(text: string): void {
    this.#parts.push(text)
    this.#wake?.()
  }

  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const part = this.#parts.shift()
      if (part !== undefined) yield Buffer.from(part)
      else if (this.#isEnded) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}

/** Returns the next text of an iteration. Undefined: it has ended. */
async function next(iteration: AsyncIterator<Uint8Array>): Promise<string | undefined> {
  const { value, done } = await iteration.next()
  return done ? undefined : Buffer.from(value).toString()
}

t.test('bytes are passed on as they come, also parts of lines', async (t) => {
  const slot = new LogSlot()
  const first = slot[Symbol.asyncIterator]()
  const early = next(first)
  const bytes = new Arriving()
  slot.fill(bytes)
  bytes.arrive('prompt> ')
  t.equal(await early, 'prompt> ')
  bytes.arrive('\nb\n')
  t.equal(await next(first), '\nb\n')
  bytes.end()
  t.equal(await next(first), undefined)
  t.equal(await next(slot[Symbol.asyncIterator]()), undefined, 'for the next merge, too')
})

t.test('a merge that takes over continues behind the last line', async (t) => {
  const slot = new LogSlot()
  const bytes = new Arriving()
  slot.fill(bytes)
  const first = slot[Symbol.asyncIterator]()
  bytes.arrive('a\nb')
  t.equal(await next(first), 'a\nb')
  slot.handOver()
  bytes.arrive('c\nd\ne')
  t.equal(await next(first), 'c\n', 'the line that was begun')
  t.equal(await next(first), undefined)
  const second = slot[Symbol.asyncIterator]()
  t.equal(await next(second), 'd\ne')
  t.equal(await next(first), undefined, 'the first one gets nothing more')
  bytes.end()
  t.equal(await next(second), undefined)
})

t.test('a request that waits is answered at the hand-over, and its bytes go to the next merge', async (t) => {
  const slot = new LogSlot()
  const bytes = new Arriving()
  slot.fill(bytes)
  const first = next(slot[Symbol.asyncIterator]())
  slot.handOver()
  t.equal(await first, undefined)
  const second = slot[Symbol.asyncIterator]()
  bytes.arrive('a\n')
  t.equal(await next(second), 'a\n')
})

t.test('a line whose end does not come holds a hand-over up for a second at most', async (t) => {
  const slot = new LogSlot()
  const bytes = new Arriving()
  slot.fill(bytes)
  const first = slot[Symbol.asyncIterator]()
  bytes.arrive('prompt> ')
  t.equal(await next(first), 'prompt> ')
  slot.handOver()
  t.equal(await next(first), undefined)
  bytes.arrive('answer\n')
  t.equal(await next(slot[Symbol.asyncIterator]()), 'answer\n')
})

t.test('an empty slot ends with the rest', async (t) => {
  const slot = new LogSlot()
  const waiting = next(slot[Symbol.asyncIterator]())
  slot.end()
  t.equal(await waiting, undefined)
})
