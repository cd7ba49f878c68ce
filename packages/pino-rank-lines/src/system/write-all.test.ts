import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ShortWriter } from './short-writer.test-kit.ts'
import { writeAll, writeAllAsync } from './write-all.ts'

t.test('a short write is continued', async (t) => {
  const writer = new ShortWriter([3, 3, 3, 3, 3, 3])
  writeAll(1, Buffer.from('12345678'), { write: (fd, bytes) => writer.write(fd, bytes) })
  t.equal(writer.text, '12345678')
  await writeAllAsync(1, Buffer.from('abcdefg'), async (fd, bytes) => writer.write(fd, bytes))
  t.equal(writer.text, '12345678abcdefg')
})

t.test('a write that fails has reported the bytes that were written before', (t) => {
  const writer = new ShortWriter([3, 3, 'ENOSPC'])
  let done = 0
  const onWritten = (count: number) => {
    done += count
  }
  t.throws(() => writeAll(1, Buffer.from('12345678'), { write: (fd, bytes) => writer.write(fd, bytes), onWritten }), {
    code: 'ENOSPC',
  })
  t.equal(done, 6)
  t.end()
})

t.test('writeAllAsync retries an interrupted call and a full pipe', async (t) => {
  const writer = new ShortWriter([3, 'EAGAIN', 'EINTR', 3, 3])
  await writeAllAsync(1, Buffer.from('12345678'), async (fd, bytes) => writer.write(fd, bytes))
  t.equal(writer.text, '12345678')
})

t.test('writeAllAsync rejects with any other error', async (t) => {
  const writer = new ShortWriter([3, 'EPIPE'])
  await t.rejects(
    writeAllAsync(1, Buffer.from('12345678'), async (fd, bytes) => writer.write(fd, bytes)),
    { code: 'EPIPE' },
  )
  t.equal(writer.text, '123')
})

t.test('bytes are written at the given position, or at the position of the descriptor', async (t) => {
  const path = join(t.testdir({ file: 'abcdef' }), 'file')
  const fd = openSync(path, 'r+')
  writeAll(fd, Buffer.from('XY'), { position: 2 })
  writeSync(fd, 'Z')
  await writeAllAsync(fd, Buffer.from('W'))
  closeSync(fd)
  t.equal(readFileSync(path, 'utf8'), 'ZWXYef')
})
