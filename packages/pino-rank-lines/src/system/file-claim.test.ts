import fs, { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { type ProcessId, thisProcess } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { claimFile, otherWriter, releaseFile } from './file-claim.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux shows the start of a process in /proc' }

/** A process that runs, but is not this one. */
function runningProcess(): ProcessId {
  const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string
  return { ...thisProcess(), pid: process.ppid, startTime }
}

/** A process with this number that has ended. */
const endedProcess = (): ProcessId => ({ ...thisProcess(), startTime: '1' })

function claimed(t: Test) {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const claim = join(dir, '.train.log.writer')
  const hold = (holder: unknown) => writeFileSync(claim, typeof holder === 'string' ? holder : JSON.stringify(holder))
  const holder = () => JSON.parse(readFileSync(claim, 'utf8'))
  return { dir, path, claim, hold, holder }
}

t.test('a claimed file has its process in a file next to it until the last writer is done', async (t) => {
  const { dir, path, claim, holder } = claimed(t)
  t.equal(claimFile(path), undefined)
  t.equal(claimFile(path), undefined, 'several writers of one process may use the file')
  t.strictSame([readdirSync(dir), holder()], [['.train.log.writer'], thisProcess()])
  t.equal(statSync(claim).mode & 0o444, 0o444 & ~process.umask(), 'other users may read who writes')
  t.equal(otherWriter(path), undefined)
  releaseFile(path)
  t.equal(existsSync(claim), true, 'one writer still uses it')
  releaseFile(path)
  t.strictSame(readdirSync(dir), [])
  releaseFile(path)
  t.equal(claimFile(path), undefined)
  releaseFile(path)
  t.strictSame(readdirSync(dir), [], 'a release too many does not count against the next writer')
})

t.test('a file that a running process has claimed is refused, and its claim stays', linux, async (t) => {
  const { dir, path, hold, holder } = claimed(t)
  const other = runningProcess()
  hold(other)
  t.strictSame(claimFile(path), other)
  t.strictSame(otherWriter(path), other)
  releaseFile(path)
  t.strictSame([readdirSync(dir), holder()], [['.train.log.writer'], other])
})

t.test('a claim of a process that has ended, or cannot be seen from here, is taken over', linux, async (t) => {
  for (const other of [endedProcess(), { ...runningProcess(), boot: 'another', host: 'far' }, 'torn {', {}, '']) {
    const { dir, path, hold, holder } = claimed(t)
    hold(other)
    t.equal(otherWriter(path), undefined)
    t.equal(claimFile(path), undefined)
    t.strictSame([readdirSync(dir), holder()], [['.train.log.writer'], thisProcess()])
    releaseFile(path)
    t.strictSame(readdirSync(dir), [])
  }
})

t.test('a claim that another process has put in place of ours is not removed', linux, async (t) => {
  const { path, hold, holder } = claimed(t)
  claimFile(path)
  hold(runningProcess())
  t.strictSame(otherWriter(path), runningProcess())
  releaseFile(path)
  t.strictSame(holder(), runningProcess())
})

t.test('a file with the name of a claim is ignored if it is too large or not a regular file', linux, async (t) => {
  const { path, claim, hold } = claimed(t)
  hold(JSON.stringify(runningProcess()) + ' '.repeat(2 ** 20))
  t.equal(otherWriter(path), undefined, 'it is too large')
  rmSync(claim)
  mkdirSync(claim)
  t.equal(otherWriter(path), undefined)
  t.equal(claimFile(path), undefined)
  releaseFile(path)
})

t.test('where no claim can be created, the process may write without one', async (t) => {
  const dir = t.testdir({ file: '' })
  for (const folder of ['none', 'file']) {
    const path = join(dir, folder, 'train.log')
    t.equal(claimFile(path), undefined)
    t.equal(otherWriter(path), undefined)
    releaseFile(path)
  }
})

t.test('a claim that cannot be removed stays until this process ends', async (t) => {
  const { dir, path, claim } = claimed(t)
  t.equal(claimFile(path), undefined)
  const { rmSync } = fs
  fs.rmSync = () => {
    throw Object.assign(new Error('refused by the test'), { code: 'EROFS' })
  }
  syncBuiltinESMExports()
  try {
    releaseFile(path)
  } finally {
    Object.assign(fs, { rmSync })
    syncBuiltinESMExports()
  }
  t.ok(existsSync(claim))
  t.equal(claimFile(path), undefined)
  releaseFile(path)
  t.strictSame(readdirSync(dir), [])
})
