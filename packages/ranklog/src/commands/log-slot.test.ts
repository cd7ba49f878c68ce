import t from 'tap'
import { LogSlot } from './log-slot.ts'

/** A source whose bytes the test pushes. */
class PushedBytes implements AsyncIterable<Uint8Array> {
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

/** Returns the next text of an iteration; undefined if it has ended. */
async function next(iteration: AsyncIterator<Uint8Array>): Promise<string | undefined> {
  const { value, done } = await iteration.next()
  return done ? undefined : Buffer.from(value).toString()
}

t.test('bytes are passed on at once, also parts of lines', async (t) => {
  const slot = new LogSlot()
  const first = slot[Symbol.asyncIterator]()
  const early = next(first)
  const bytes = new PushedBytes()
  slot.fill(bytes)
  bytes.arrive('prompt> ')
  t.equal(await early, 'prompt> ')
  bytes.arrive('\nb\n')
  t.equal(await next(first), '\nb\n')
  bytes.end()
  t.equal(await next(first), undefined)
  t.equal(await next(slot[Symbol.asyncIterator]()), undefined, 'also the iteration of the next merge has ended')
})

t.test('after a hand-over, the next merge continues after the last whole line', async (t) => {
  const slot = new LogSlot()
  const bytes = new PushedBytes()
  slot.fill(bytes)
  const first = slot[Symbol.asyncIterator]()
  bytes.arrive('a\nb')
  t.equal(await next(first), 'a\nb')
  slot.handOver()
  bytes.arrive('c\nd\ne')
  t.equal(await next(first), 'c\n', 'the rest of the line')
  t.equal(await next(first), undefined)
  const second = slot[Symbol.asyncIterator]()
  t.equal(await next(second), 'd\ne')
  t.equal(await next(first), undefined, 'the first merge gets no more bytes')
  bytes.end()
  t.equal(await next(second), undefined)
})

t.test('a hand-over ends an iteration that waits for bytes, and the bytes go to the next merge', async (t) => {
  const slot = new LogSlot()
  const bytes = new PushedBytes()
  slot.fill(bytes)
  const first = next(slot[Symbol.asyncIterator]())
  slot.handOver()
  t.equal(await first, undefined)
  const second = slot[Symbol.asyncIterator]()
  bytes.arrive('a\n')
  t.equal(await next(second), 'a\n')
})

t.test('a hand-over within a line waits for its end for a second at most', async (t) => {
  const slot = new LogSlot()
  const bytes = new PushedBytes()
  slot.fill(bytes)
  const first = slot[Symbol.asyncIterator]()
  bytes.arrive('prompt> ')
  t.equal(await next(first), 'prompt> ')
  slot.handOver()
  t.equal(await next(first), undefined)
  bytes.arrive('answer\n')
  t.equal(await next(slot[Symbol.asyncIterator]()), 'answer\n')
})

t.test('end also ends the iteration of an empty slot', async (t) => {
  const slot = new LogSlot()
  const waiting = next(slot[Symbol.asyncIterator]())
  slot.end()
  t.equal(await waiting, undefined)
})
