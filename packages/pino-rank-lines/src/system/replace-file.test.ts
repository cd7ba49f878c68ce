import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { replaceFile } from './replace-file.ts'

t.test('a file is created or replaced as a whole, and a symbolic link is replaced and not followed', async (t) => {
  const dir = t.testdir({ other: 'other' })
  const path = join(dir, 'file')
  for (const text of ['a longer text', 'short']) {
    replaceFile({ path, mode: 0o600 }, text)
    t.equal(readFileSync(path, 'utf8'), text)
  }
  t.equal(statSync(path).mode & 0o777, 0o600)
  symlinkSync('other', join(dir, 'link'))
  replaceFile({ path: join(dir, 'link'), mode: 0o600 }, 'new')
  t.ok(lstatSync(join(dir, 'link')).isFile())
  t.equal(readFileSync(join(dir, 'other'), 'utf8'), 'other')
  t.strictSame(readdirSync(dir).sort(), ['file', 'link', 'other'])
})

t.test('a file that cannot be replaced leaves no temporary file', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'taken')
  mkdirSync(path)
  writeFileSync(join(path, 'inside'), '')
  t.throws(() => replaceFile({ path, mode: 0o600 }, 'text'), /rename/)
  t.strictSame(readdirSync(dir), ['taken'])
})

t.test('the temporary file of a killed process with the same number is replaced', async (t) => {
  const dir = t.testdir()
  writeFileSync(join(dir, `.file.${process.pid}.tmp`), 'left')
  replaceFile({ path: join(dir, 'file'), mode: 0o600 }, 'text')
  t.strictSame(readdirSync(dir), ['file'])
})
