import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder } from './make-folder.ts'

t.test('missing folders are made, and an error is that of the system', (t) => {
  const dir = t.testdir({ file: '' })
  makeFolder(join(dir, 'a/b/c'), 0o750)
  makeFolder(join(dir, 'a/b/c'), 0o750)
  writeFileSync(join(dir, 'a/b/c/f'), '')
  t.throws(() => makeFolder(join(dir, 'file/b'), 0o750), { code: 'ENOTDIR' })
  t.throws(() => makeFolder('/proc/nothing/here', 0o750), { code: 'ENOENT' })
  t.end()
})
