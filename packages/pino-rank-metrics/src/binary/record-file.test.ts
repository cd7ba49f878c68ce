import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RecordFile } from './record-file.ts'

const put = (file: RecordFile, text: string) =>
  file.put(Buffer.byteLength(text), (bytes, at) => at + bytes.write(text, at))

t.test('the file is created at the first write, under the next free name, and missing folders are created', (t) => {
  const dir = t.testdir({ deep: { '0': 'other' } })
  const file = new RecordFile({ path: (attempt) => join(dir, 'deep', String(attempt)) })
  file.flush()
  t.equal(file.path, undefined, 'nothing to write, no file')
  put(file, 'abc')
  file.close()
  t.equal(file.path, join(dir, 'deep', '1'))
  t.equal(readFileSync(join(dir, 'deep', '1'), 'utf8'), 'abc')
  t.equal(readFileSync(join(dir, 'deep', '0'), 'utf8'), 'other')
  t.end()
})

t.test('a full batch is written without a flush, and a short record is buffered', (t) => {
  const path = join(t.testdir(), 'f')
  const file = new RecordFile({ path: () => path })
  const long = 'x'.repeat(1_000_000)
  put(file, long)
  t.equal(readFileSync(path, 'utf8'), long)
  put(file, 'y')
  t.equal(readFileSync(path, 'utf8'), long, 'the short record is buffered')
  file.flush()
  t.equal(readFileSync(path, 'utf8'), `${long}y`)
  t.equal(file.flushes, 2)
  file.close()
  t.end()
})

t.test('while the path cannot be opened, the buffer is bounded, and close writes it once the path works', (t) => {
  const dir = t.testdir({ taken: 'a file' })
  let path = join(dir, 'taken', 'f')
  const file = new RecordFile({ path: () => path, queueBytes: 10 })
  t.ok(put(file, '12345'))
  t.throws(() => file.flush(), { code: /ENOTDIR|EEXIST/ })
  t.ok(put(file, '67890'))
  t.notOk(put(file, 'x'), 'full')
  t.equal(file.errors, 1, 'put does not retry')
  path = join(dir, 'f')
  file.close()
  t.equal(readFileSync(path, 'utf8'), '1234567890')
  t.end()
})

t.test('a close that fails counts the buffered records as dropped, except those put with counts = false', (t) => {
  const file = new RecordFile({ path: () => join(t.testdirName, 'taken', 'f'), queueBytes: 10 })
  t.testdir({ taken: 'a file' })
  put(file, '123')
  put(file, '456')
  file.put(3, (bytes, at) => at + bytes.write('789', at), false)
  put(file, '10')
  t.throws(() => file.close(), { code: /ENOTDIR|EEXIST/ })
  t.equal(file.drops, 3)
  t.end()
})

t.test('if every name is taken, flush fails with EEXIST', (t) => {
  const path = join(t.testdir(), 'f')
  writeFileSync(path, '')
  const file = new RecordFile({ path: () => path })
  put(file, 'a')
  t.throws(() => file.flush(), { code: 'EEXIST' })
  t.end()
})

t.test('records that are written are not dropped, also if a later close fails', (t) => {
  const dir = t.testdir()
  const file = new RecordFile({ path: () => join(dir, 'f') })
  for (const text of ['123', '456']) put(file, text)
  file.flush()
  t.equal(file.length, 6)
  put(file, '789')
  t.equal(file.length, 9, 'with what is buffered')
  file.close()
  t.strictSame([file.drops, file.errors, file.flushes], [0, 0, 2])
  t.end()
})

t.test('a file is continued at a given length after it was closed, if it still exists', (t) => {
  const dir = t.testdir()
  const path = join(dir, 'f')
  const file = new RecordFile({ path: () => path })
  t.equal(file.reopen(0), false, 'it was never created')
  put(file, 'abcdef')
  file.close()
  t.equal(file.reopen(4), true)
  t.equal(file.length, 4)
  put(file, 'XY')
  file.close()
  t.equal(readFileSync(path, 'utf8'), 'abcdXY')
  rmSync(path)
  t.equal(file.reopen(4), false)
  t.end()
})

t.test('a record larger than the buffer is written whole, after those before it', (t) => {
  const path = join(t.testdir(), 'f')
  const file = new RecordFile({ path: () => path, mode: 0o600 })
  const texts = ['a'.repeat(60_000), 'b'.repeat(200_000), 'c']
  for (const text of texts) t.equal(put(file, text), true)
  file.close()
  t.equal(readFileSync(path, 'utf8'), texts.join(''))
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.end()
})
