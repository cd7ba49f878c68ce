import fs, { readdirSync, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import t, { type Test } from 'tap'
import { SpoolFile } from './spool-file.ts'

const id = '10000000-0000-4000-8000-000000000000'

function create(t: Test) {
  const place = { path: t.testdir(), prefix: 'mlflow', renewMs: 1000 }
  return { place, file: SpoolFile.create(place, id, 'a\n') }
}

/** Makes the disk take a few bytes of the next write and then no more. Returns a function that makes it work again. */
function fillDisk(t: Test, others: Partial<typeof fs> = {}) {
  const { writeSync, ftruncateSync } = fs
  const restore = () => {
    Object.assign(fs, { writeSync, ftruncateSync })
    syncBuiltinESMExports()
  }
  t.teardown(restore)
  let writes = 0
  Object.assign(fs, others, {
    writeSync(fd: number, bytes: Buffer, offset: number, _: number, position: number) {
      if (++writes > 1) throw failure('ENOSPC')
      return writeSync(fd, bytes, offset, 3, position)
    },
  })
  syncBuiltinESMExports()
  return restore
}

const failure = (code: string) => Object.assign(new Error(code), { code })

t.test('an append that fails leaves the file as it was, and a file without its first lines is removed', async (t) => {
  const { place, file } = create(t)
  const restore = fillDisk(t)
  t.throws(() => file.append('fragment\n'), { code: 'ENOSPC' })
  t.throws(() => SpoolFile.create(place, id, 'b\n'), { code: 'ENOSPC' })
  restore()
  t.equal(readFileSync(file.path, 'utf8'), 'a\n')
  t.equal(readdirSync(place.path).length, 1)
  file.remove()
})

t.test('lines that follow a fragment, which the disk did not let remove, are whole', async (t) => {
  const { file } = create(t)
  const ftruncateSync = () => {
    throw failure('EIO')
  }
  const restore = fillDisk(t, { ftruncateSync })
  t.throws(() => file.append('fragment\n'), { code: 'EIO' })
  restore()
  t.equal(readFileSync(file.path, 'utf8'), 'a\nfra')
  t.ok(file.append('b\n'))
  t.ok(file.append('c\n'))
  t.equal(readFileSync(file.path, 'utf8'), 'a\nfra\nb\nc\n')
  file.remove()
})
