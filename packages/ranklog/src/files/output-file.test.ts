import { Buffer } from 'node:buffer'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { label } from 'pino-rank-merge'
import t, { type Test } from 'tap'
import { mergeDecorated } from '../commands/merge-decorated.ts'
import { InputFiles } from './input-file.ts'
import { mergeFiles } from './merge-files.ts'
import type { OutputDisk } from './output-file.ts'

/** An output with limited space. It takes only a part of each write, and every third write fails with EAGAIN. */
class ShortOutput implements OutputDisk {
  readonly #chunks: Buffer[] = []
  #calls = 0
  #free: number

  constructor(free = Infinity) {
    this.#free = free
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  async write(_fd: number, bytes: Uint8Array): Promise<number> {
    const fail = (code: string) => Object.assign(new Error(`${code}: refused, write`), { code })
    if (this.#free === 0) throw fail('ENOSPC')
    if (++this.#calls % 3 === 0) throw fail('EAGAIN')
    const taken = Buffer.from(bytes.subarray(0, Math.min(this.#free, 1 + ((this.#calls * 77_777) % 200_000))))
    this.#free -= taken.length
    this.#chunks.push(taken)
    return taken.length
  }
}

const ways = { plain: mergeFiles, decorated } as const

/** Merges with a decorator, which is another code path. Its label is empty. */
function decorated(inputs: InputFiles[], fd: number, options: { maxBytes: number; disk: OutputDisk }) {
  return mergeDecorated(inputs, fd, label({ names: ['0'], template: '' }), options)
}

/** Writes one file, and returns its text. */
function input(t: Test): { text: Buffer; inputs: InputFiles[] } {
  const lines = Array.from(
    { length: 10_000 },
    (_, n) => `{"level":30,"time":${1_700_000_000_000 + n},"fill":"${'x'.repeat(54)}"}`,
  )
  const text = Buffer.from(`${lines.join('\n')}\n`)
  const path = join(t.testdir(), 'a.log')
  writeFileSync(path, text)
  return { text, inputs: [new InputFiles([path])] }
}

for (const [name, merge] of Object.entries(ways)) {
  t.test(`${name}: short writes and a full pipe lose no byte and keep the order`, async (t) => {
    const { text, inputs } = input(t)
    const disk = new ShortOutput()
    const { bytes } = await merge(inputs, 1, { maxBytes: 2 ** 23, disk })
    t.ok(disk.bytes.equals(text))
    t.equal(bytes, text.length)
  })

  t.test(`${name}: the error of a disk that fills up during a write is thrown`, async (t) => {
    const { text, inputs } = input(t)
    const disk = new ShortOutput(2 ** 19)
    await t.rejects(merge(inputs, 1, { maxBytes: 2 ** 23, disk }), { code: 'ENOSPC' })
    t.ok(disk.bytes.equals(text.subarray(0, 2 ** 19)), 'nothing is written twice')
  })
}
