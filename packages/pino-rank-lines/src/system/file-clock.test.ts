import fs, { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import { FileClock, probeFile, removeOldProbes } from './file-clock.ts'
import { ManualClock } from './manual-clock.test-kit.ts'

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

/** Returns the clock of a folder that is an hour behind this machine, and a count of its readings. */
function folderClock() {
  const clock = new ManualClock()
  const state = { readings: 0, error: undefined as Error | undefined, wallStep: 0 }
  const wall = () => 10_000_000 + state.wallStep + clock.now()
  const read = () => {
    state.readings++
    if (state.error) throw state.error
    return 6_400_000 + clock.now()
  }
  return { clock, state, folder: new FileClock(read, clock, wall) }
}

t.test('the clock of a folder is read once, and then estimated', async (t) => {
  const { clock, state, folder } = folderClock()
  t.equal(folder.now(), 6_400_000)
  clock.pass(5000)
  t.equal(folder.now(), 6_405_000)
  t.equal(state.readings, 1)
  t.equal(folder.read(), 6_405_000)
  t.equal(state.readings, 2)
})

t.test('if the clock of this machine is set forward or back, that of the folder is read again', async (t) => {
  for (const step of [3_600_000, -3_600_000]) {
    const { clock, state, folder } = folderClock()
    folder.now()
    clock.pass(1000)
    state.wallStep += step
    t.equal(folder.now(), 6_401_000)
    t.equal(state.readings, 2)
    t.equal(folder.now(), 6_401_000)
    t.equal(state.readings, 2, 'once')
    state.wallStep += Math.sign(step)
    folder.now()
    t.equal(state.readings, 2, 'a small correction changes nothing')
  }
})

t.test('if the clock of a folder cannot be read, its time is estimated from what is known', async (t) => {
  const { clock, state, folder } = folderClock()
  state.error = new Error('EROFS')
  t.throws(() => folder.read(), { message: 'EROFS' })
  t.equal(folder.now(), 10_000_000, 'the clock of this machine')
  state.error = undefined
  clock.pass(1000)
  t.equal(folder.readOrEstimate(), 6_401_000)
  state.error = new Error('EROFS')
  clock.pass(1000)
  t.equal(folder.readOrEstimate(), 6_402_000)
  clock.pass(1000)
  t.equal(folder.now(), 6_403_000)
})
