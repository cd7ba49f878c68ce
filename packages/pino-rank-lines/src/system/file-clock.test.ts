import fs, { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import { probeFile, removeOldProbes } from './file-clock.ts'

t.test('a probe returns the time and the owner of a new file, and removes its own file', (t) => {
  const dir = t.testdir()
  const { now, uid } = probeFile(join(dir, 'probe'))
  t.strictSame(readdirSync(dir), [])
  writeFileSync(join(dir, 'after'), '')
  const after = statSync(join(dir, 'after'))
  t.ok(now <= after.mtimeMs && now > after.mtimeMs - 60_000)
  t.equal(uid, after.uid)
  t.end()
})

t.test('a disk that has room for a file but not for a byte can be probed', (t) => {
  const dir = t.testdir()
  const { writeSync } = fs
  t.teardown(() => {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  })
  const refuse = (code: string) => {
    fs.writeSync = () => {
      throw Object.assign(new Error(code), { code })
    }
    syncBuiltinESMExports()
  }
  refuse('ENOSPC')
  t.ok(probeFile(join(dir, 'probe')).now > 0)
  refuse('EIO')
  t.throws(() => probeFile(join(dir, 'probe')), { code: 'EIO' })
  t.strictSame(readdirSync(dir), [], 'a probe that fails removes its file too')
  t.end()
})

t.test('a name that is taken is refused, and its file stays', (t) => {
  const dir = t.testdir({ probe: 'text' })
  t.throws(() => probeFile(join(dir, 'probe')), { code: 'EEXIST' })
  t.ok(existsSync(join(dir, 'probe')))
  t.end()
})

t.test('only old files of probes are removed', (t) => {
  const dir = t.testdir({ '.clock-old': '', '.clock-new': '', old: '' })
  for (const name of ['.clock-old', 'old']) utimesSync(join(dir, name), 1000, 1000)
  removeOldProbes(dir, '.clock-', 2_000_000)
  t.strictSame(readdirSync(dir), ['.clock-new', 'old'])
  t.end()
})
