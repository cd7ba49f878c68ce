import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { replaceFile } from './replace-file.ts'
import { useInside } from './use-inside.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'Linux names files through /proc' }

/** Returns a folder to stay in, and access to it and to the folder outside of it. */
function testFolders(t: Test) {
  const dir = t.testdir({ in: {}, out: { 'train.log': 'theirs\n' } })
  const text = (name: string) => readFileSync(join(dir, name), 'utf8')
  return { within: join(dir, 'in'), text, at: (name: string) => join(dir, name) }
}

const outside = /^ELOOP: .*train\.log is in .*out.*, where a symbolic link leads out of .*in$/

t.test('if a folder is replaced by a link after the check, the folder that was checked is used', linux, async (t) => {
  const { text, at, within } = testFolders(t)
  mkdirSync(at('in/logs'))
  useInside({ path: at('in/logs/train.log'), within, folders: undefined }, (safe) => {
    renameSync(at('in/logs'), at('in/old'))
    symlinkSync('../out', at('in/logs'))
    writeFileSync(safe, '1\n')
  })
  t.equal(text('in/old/train.log'), '1\n')
  t.equal(text('out/train.log'), 'theirs\n')
})

t.test('without /proc, the folder is checked before and after the use', async (t) => {
  const { text, at, within } = testFolders(t)
  const place = { path: at('in/logs/train.log'), within, folders: undefined }
  const write = (path: string) => writeFileSync(path, '1\n')
  mkdirSync(at('in/logs'))
  useInside(place, write, '/none')
  t.equal(text('in/logs/train.log'), '1\n')
  const replaceByLink = () => {
    renameSync(at('in/logs'), at('in/old'))
    symlinkSync('../out', at('in/logs'))
  }
  t.throws(() => useInside(place, replaceByLink, '/none'), { code: 'ELOOP', message: outside })
  t.throws(() => useInside(place, t.fail, '/none'), { code: 'ELOOP', message: outside })
})

t.test('a missing folder that may not be made throws ENOENT', async (t) => {
  const { at, within } = testFolders(t)
  const place = { path: at('in/none/train.log'), within, folders: undefined }
  t.throws(() => useInside(place, t.fail), { code: 'ENOENT' })
})

t.test('replaceFile replaces links and never follows them', async (t) => {
  const { text, at, within } = testFolders(t)
  const path = at('in/train.json')
  symlinkSync('../out/train.log', path)
  symlinkSync('../out/train.log', at(`in/.train.json.${process.pid}.tmp`))
  const mask = process.umask(0)
  t.teardown(() => process.umask(mask))
  for (const place of [{ path }, { path, within }]) {
    replaceFile({ ...place, mode: 0o640 }, '{}')
    t.equal(text('in/train.json'), '{}')
    t.equal(statSync(path).mode & 0o7777, 0o640)
    t.notOk(existsSync(at(`in/.train.json.${process.pid}.tmp`)))
    rmSync(path)
    symlinkSync('../out/train.log', path)
  }
  t.equal(text('out/train.log'), 'theirs\n')
  symlinkSync('../out', at('in/logs'))
  const linked = { path: at('in/logs/train.json'), within, mode: 0o640 }
  t.throws(() => replaceFile(linked, '{}'), { code: 'ELOOP' })
})
