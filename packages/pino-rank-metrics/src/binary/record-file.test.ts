import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RecordFile } from './record-file.ts'

const put = (file: RecordFile, text: string) =>
  file.put(Buffer.byteLength(text), (bytes, at) => at + bytes.write(text, at))

t.test('made at the first write, under the next free name, in folders that are missing', (t) => {
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

t.test('long records, and batches of 64 KiB without a flush', (t) => {
  const path = join(t.testdir(), 'f')
  const file = new RecordFile({ path: () => path })
  const long = 'x'.repeat(1_000_000)
  put(file, long)
  t.equal(readFileSync(path, 'utf8'), long)
  put(file, 'y')
  t.equal(readFileSync(path, 'utf8'), long, 'a short one waits')
  file.flush()
  t.equal(readFileSync(path, 'utf8'), `${long}y`)
  t.equal(file.flushes, 2)
  file.close()
  t.end()
})

t.test('a place that refuses: what waits is bounded, and is written when it works again', (t) => {
  const dir = t.testdir({ taken: 'a file' })
  let path = join(dir, 'taken', 'f')
  const file = new RecordFile({ path: () => path, queueBytes: 10 })
  t.ok(put(file, '12345'))
  t.throws(() => file.flush(), { code: /ENOTDIR|EEXIST/ })
  t.ok(put(file, '67890'))
  t.notOk(put(file, 'x'), 'full')
  t.equal(file.errors, 1, 'only a flush tries again')
  path = join(dir, 'f')
  file.close()
  t.equal(readFileSync(path, 'utf8'), '1234567890')
  t.end()
})

t.test('closed in vain: what waits is counted, and what counts for nothing is not', (t) => {
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

t.test('a name that is always taken is reported, not tried for ever', (t) => {
  const path = join(t.testdir(), 'f')
  writeFileSync(path, '')
  const file = new RecordFile({ path: () => path })
  put(file, 'a')
  t.throws(() => file.flush(), { code: 'EEXIST' })
  t.end()
})
