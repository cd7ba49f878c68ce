import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turned } from 'node:timers/promises'
import fc from 'fast-check'
import { LiveMemory } from 'pino-rank-merge'
import t from 'tap'
import type { PipeReader, ReadAhead } from './pipe-reader.ts'
import { closeEnds, type RankPipe, rankPipes } from './rank-pipes.ts'

const kib = 1024

/** Returns bytes whose values depend on their position. */
function pattern(length: number, from = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (from + at) % 251))
}

/** A pipe with a non-blocking writer that writes at most `size` bytes at once. */
class Pipe {
  readonly reader: PipeReader
  written = 0
  readonly #fd: number
  readonly #size: number

  constructor(folder: string, ahead?: ReadAhead, size = 8 * kib) {
    this.#size = size
    const [pipe] = rankPipes(1, folder) as [RankPipe]
    this.reader = pipe.reader
    this.reader.ahead = ahead
    this.#fd = openSync(`/proc/self/fd/${pipe.fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
    closeEnds([pipe])
  }

  /** Writes as much as fits into the pipe. Returns the number of bytes. */
  write(length: number): number {
    try {
      const count = writeSync(this.#fd, pattern(length, this.written))
      this.written += count
      return count
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
      throw error
    }
  }

  /** Writes until the pipe stays full, or until `max` bytes are written. */
  async fill(max = Infinity): Promise<void> {
    for (let silent = 0; silent < 1000 && this.written < max; silent++) {
      if (this.write(Math.min(this.#size, max - this.written)) > 0) silent = 0
      await turned()
    }
  }

  end(): void {
    closeSync(this.#fd)
  }
}

/** Returns the memory of a rank, which counts how often a block was taken. */
function countTaken(memory: LiveMemory): ReadAhead & { taken: number } {
  return {
    taken: 0,
    isNeeded: () => true,
    take() {
      this.taken++
      return memory.take('0')
    },
    release: (block) => memory.release('0', block),
  }
}

t.test('PipeReader', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pr-'))
  t.teardown(() => rmSync(folder, { recursive: true }))

  t.test('a slow writer is read once for each chunk, without more memory', async (t) => {
    const ahead = countTaken(new LiveMemory())
    const pipe = new Pipe(folder, ahead)
    const chunks = pipe.reader[Symbol.asyncIterator]()
    for (let round = 0; round < 20; round++) {
      pipe.write(5 * kib)
      const { value } = await chunks.next()
      t.equal((value as Buffer).compare(pattern(5 * kib, pipe.written - 5 * kib)), 0)
    }
    pipe.end()
    t.equal((await chunks.next()).done, true)
    t.equal(ahead.taken, 0)
  })

  t.test('a fast writer is read ahead while the consumer is busy, up to a limit', async (t) => {
    const memory = new LiveMemory()
    const pipe = new Pipe(folder, countTaken(memory))
    const chunks = pipe.reader[Symbol.asyncIterator]()
    pipe.write(60 * kib)
    const first = chunks.next()
    while (!pipe.reader.hasBytes) await turned()
    const parts = [Buffer.from((await first).value as Buffer)]
    t.equal(pipe.reader.hasBytes, false)
    await pipe.fill()
    t.ok(pipe.written > 900 * kib, `${pipe.written} bytes`)
    t.ok(pipe.written <= 1200 * kib, `${pipe.written} bytes`)
    t.ok(memory.bytes <= 15 * 64 * kib)
    pipe.end()
    for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) parts.push(Buffer.from(chunk as Buffer))
    t.equal(Buffer.concat(parts).compare(pattern(pipe.written)), 0)
    t.equal(memory.bytes, 0, 'all blocks are released')
  })

  t.test('a fast writer that blocks is read once for each chunk', async (t) => {
    const ahead = { ...countTaken(new LiveMemory()), isNeeded: () => false }
    const pipe = new Pipe(folder, ahead)
    const chunks = pipe.reader[Symbol.asyncIterator]()
    for (let round = 0; round < 5; round++) {
      pipe.write(40 * kib)
      const { value } = await chunks.next()
      t.equal((value as Buffer).compare(pattern(40 * kib, pipe.written - 40 * kib)), 0)
      t.equal(pipe.reader.hasBytes, false)
    }
    pipe.reader.destroy()
    pipe.end()
    t.equal(ahead.taken, 0)
  })

  t.test('without memory for reading ahead, only the two buffers of the reader are filled', async (t) => {
    const pipe = new Pipe(folder, { isNeeded: () => true, take: () => undefined, release: () => {} })
    const chunks = pipe.reader[Symbol.asyncIterator]()
    pipe.write(60 * kib)
    await chunks.next()
    await pipe.fill()
    t.ok(pipe.written > (60 + 64 + 32) * kib, `${pipe.written} bytes: the second buffer is filled, and the pipe`)
    t.ok(pipe.written <= (64 + 64 + 64) * kib, `${pipe.written} bytes`)
    pipe.reader.destroy()
    pipe.end()
  })

  t.test('every byte arrives once and in order, and all memory is released', async (t) => {
    const step = fc.record({ length: fc.integer({ min: 1, max: 300 * kib }), turns: fc.integer({ min: 0, max: 3 }) })
    const steps = fc.array(step, { minLength: 1, maxLength: 12 })
    const blocks = fc.integer({ min: 0, max: 8 })
    const size = fc.constantFrom(8, 64)
    const property = fc.assert(
      fc.asyncProperty(steps, blocks, size, async (steps, blocks, size) => {
        const memory = new LiveMemory({ maxOwnerBytes: blocks * 64 * kib })
        const pipe = new Pipe(folder, countTaken(memory), size * kib)
        const parts: Buffer[] = []
        const read = (async () => {
          for await (const chunk of pipe.reader) parts.push(Buffer.from(chunk))
        })()
        for (const { length, turns } of steps) {
          await pipe.fill(pipe.written + length)
          for (let turn = 0; turn < turns; turn++) await turned()
        }
        pipe.end()
        await read
        return Buffer.concat(parts).compare(pattern(pipe.written)) === 0 && memory.bytes === 0
      }),
      { numRuns: 40 },
    )
    await t.resolves(property)
  })
})
