import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeAll, writeAllAsync } from './write-all.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })

/** Takes at most three bytes a call, and refuses the calls whose numbers are given. */
class ShortWriter {
  text = ''
  calls = 0
  readonly #refused: Record<number, string>

  constructor(refused: Record<number, string> = {}) {
    this.#refused = refused
  }

  readonly write = (_: number, bytes: Uint8Array): number => {
    const code = this.#refused[++this.calls]
    if (code) throw failure(code)
    const taken = bytes.subarray(0, 3)
    this.text += Buffer.from(taken)
    return taken.length
  }
}

t.test('short writes are continued', async (t) => {
  const writer = new ShortWriter()
  writeAll(1, Buffer.from('12345678'), writer)
  t.equal(writer.text, '12345678')
  await writeAllAsync(1, Buffer.from('abcdefg'), async (fd, bytes) => writer.write(fd, bytes))
  t.equal(writer.text, '12345678abcdefg')
})

t.test('a failed write throws after it has reported what is written', (t) => {
  const writer = new ShortWriter({ 3: 'ENOSPC' })
  let done = 0
  const onWritten = (count: number) => {
    done += count
  }
  t.throws(() => writeAll(1, Buffer.from('12345678'), { write: writer.write, onWritten }), { code: 'ENOSPC' })
  t.equal(done, 6)
  t.end()
})

t.test('off the thread, an interrupted call and a full pipe are waited out', async (t) => {
  const writer = new ShortWriter({ 2: 'EAGAIN', 3: 'EINTR' })
  await writeAllAsync(1, Buffer.from('12345678'), async (fd, bytes) => writer.write(fd, bytes))
  t.equal(writer.text, '12345678')
})

t.test('off the thread, any other error rejects', async (t) => {
  const writer = new ShortWriter({ 2: 'EPIPE' })
  await t.rejects(
    writeAllAsync(1, Buffer.from('12345678'), async (fd, bytes) => writer.write(fd, bytes)),
    { code: 'EPIPE' },
  )
  t.equal(writer.text, '123')
})

t.test('bytes go to a position of the file, or behind what is there', async (t) => {
  const path = join(t.testdir({ file: 'abcdef' }), 'file')
  const fd = openSync(path, 'r+')
  writeAll(fd, Buffer.from('XY'), { position: 2 })
  writeSync(fd, 'Z')
  await writeAllAsync(fd, Buffer.from('W'))
  closeSync(fd)
  t.equal(readFileSync(path, 'utf8'), 'ZWXYef')
})
