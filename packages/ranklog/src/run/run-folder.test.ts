import { chownSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { createRunFolder } from './run-folder.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux identifies a process by its boot and namespace' }

t.test('a new run removes the folders of processes that are gone, and no others', linux, async (t) => {
  const base = t.testdir()
  const own = createRunFolder(base)
  const name = basename(own)
  t.match(name, new RegExp(`^ranklog-run-${process.pid}-\\d+-[0-9a-f]{16}-.{6}$`))
  const gone = name.replace(/-\d+-/, '-999999999-')
  const reused = name.replace(/^(ranklog-run-\d+)-\d+/, '$1-1')
  const leftovers = [gone, reused]
  for (const folder of leftovers) mkdirSync(join(base, folder))
  writeFileSync(join(base, gone, '0-cause.json'), '{}')
  const elsewhere = gone.replace(/[0-9a-f]{16}/, '0'.repeat(16))
  const others = [elsewhere, 'ranklog-run-x', 'ranklog-501']
  for (const folder of others) mkdirSync(join(base, folder))
  const link = `${gone}-link`
  symlinkSync(join(base, elsewhere), join(base, link))
  writeFileSync(join(base, `${gone}-file`), '')
  const next = createRunFolder(base)
  t.strictSame(readdirSync(base).sort(), [name, basename(next), ...others, link, `${gone}-file`].sort())
})

const root = process.getuid?.() === 0 ? linux : { skip: 'only root can change the owner of a folder' }

t.test('a new run does not remove the folder of another user', root, async (t) => {
  const base = t.testdir()
  const foreign = join(base, basename(createRunFolder(base)).replace(/-\d+-/, '-999999999-'))
  mkdirSync(foreign)
  chownSync(foreign, 12_345, -1)
  createRunFolder(base)
  t.ok(existsSync(foreign))
})
