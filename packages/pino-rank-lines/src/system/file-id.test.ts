import t from 'tap'
import { isSameFile } from './index.ts'

t.test('a file is identified by its device and its inode together', async (t) => {
  const file = { dev: 1, ino: 7 }
  t.equal(isSameFile(file, { dev: 1, ino: 7 }), true)
  t.equal(isSameFile(file, { dev: 1, ino: 8 }), false)
  t.equal(isSameFile(file, { dev: 2, ino: 7 }), false, 'the same inode on another device')
})
