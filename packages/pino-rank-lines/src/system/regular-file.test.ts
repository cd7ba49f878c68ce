import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openRegularFile, readRegularFile } from './regular-file.ts'

t.test('only regular files are read, also through a link', (t) => {
  const dir = t.testdir({ file: 'text', folder: {} })
  symlinkSync('file', join(dir, 'link'))
  symlinkSync('/dev/zero', join(dir, 'zero'))
  symlinkSync('loop', join(dir, 'loop'))
  symlinkSync('nowhere', join(dir, 'dangling'))
  for (const name of ['file', 'link']) t.equal(readRegularFile(join(dir, name), 4).toString(), 'text')
  const codes: [name: string, code: string][] = [
    ['zero', 'EINVAL'],
    ['folder', 'EISDIR'],
    ['loop', 'ELOOP'],
    ['dangling', 'ENOENT'],
    ['file/x', 'ENOTDIR'],
  ]
  for (const [name, code] of codes) t.throws(() => openRegularFile(join(dir, name)), { code }, name)
  t.throws(() => readRegularFile(join(dir, 'zero'), 4), {
    message: `EINVAL: not a regular file, '${join(dir, 'zero')}'`,
  })
  t.end()
})

t.test('a file that is too large is not read', (t) => {
  const path = join(t.testdir(), 'file')
  writeFileSync(path, 'x'.repeat(5))
  t.throws(() => readRegularFile(path, 4), { code: 'EFBIG', message: `EFBIG: larger than 4 bytes, '${path}'` })
  t.equal(readRegularFile(path, 5).length, 5)
  t.end()
})

t.test(
  'a file of /proc, which has no size, is read',
  { skip: process.platform === 'linux' ? false : 'no /proc here' },
  (t) => {
    t.equal(readRegularFile('/proc/self/comm', 4096).toString(), readFileSync('/proc/self/comm', 'utf8'))
    t.end()
  },
)
