import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder } from './make-folder.ts'

t.test('makes what is missing, and says what the system says', (t) => {
  const dir = t.testdir({ file: '' })
  makeFolder(join(dir, 'a/b/c'))
  makeFolder(join(dir, 'a/b/c'))
  writeFileSync(join(dir, 'a/b/c/f'), '')
  t.throws(() => makeFolder(join(dir, 'file/b')), { code: 'ENOTDIR' })
  t.throws(() => makeFolder('/proc/nothing/here'), { code: 'ENOENT' })
  t.end()
})
