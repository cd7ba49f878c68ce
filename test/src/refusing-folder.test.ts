import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { FileRotation } from '../../packages/pino-rank-file/dist/rotation/file-rotation.js'
import type { RotationSettings } from '../../packages/pino-rank-file/dist/rotation/rotate-options.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { coveredReadOnly, mountedTmpfs } from './kit/mounted.ts'

// Real folders in which no file can be rotated: one report, no line lost, and rotation once it is possible again.
const probe = mountedTmpfs('size=64k')
probe?.unmount()
const root = probe ? {} : { skip: 'mounting a tmpfs takes root' }
const plain = { atStart: false, names: 'numbered', gzip: false, own: true, maxBytes: 4 } as const

/** Creates a log in a file system of its own, which rotates after every second line. */
function log(t: Test, options: string, more: Partial<RotationSettings> = {}) {
  const { dir, unmount } = mountedTmpfs(options) as NonNullable<typeof probe>
  const path = join(dir, 'train.log')
  const clock = new ManualClock()
  const reports: string[] = []
  const report = (line: string) => reports.push(line)
  const rotation = new FileRotation(path, 'test', { ...plain, ...more }, { clock, report })
  const file = new AppendFile({ path, mkdir: true, mode: 0o666 }, { clock, rotation })
  t.teardown(() => {
    file.close()
    unmount()
  })
  const write = (...lines: number[]) => {
    for (const line of lines) t.equal(file.write(Buffer.from(`${line}\n`)), 2)
  }
  const logs = () =>
    readdirSync(dir)
      .filter((name) => name.includes('train.log'))
      .sort()
  const files = () => Object.fromEntries(logs().map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
  return { dir, path, clock, reports, rotation, write, files }
}

const stillWritten = 'it is retried, and lines are still written$'

t.test('rotation waits while the disk has no room for another name (ENOSPC)', root, async (t) => {
  const { dir, clock, reports, write, files } = log(t, 'size=256k,nr_inodes=3') // the folder, the log and one other file
  write(1, 2)
  writeFileSync(join(dir, 'filler'), '')
  write(3, 4)
  clock.pass(1000)
  write(5, 6)
  t.strictSame(files(), { 'train.log': '1\n2\n3\n4\n5\n6\n' })
  t.equal(reports.length, 1)
  t.match(
    reports[0],
    new RegExp(`^test: rotation failed: ENOSPC: .*open.*/.train.log.new-.*'; make room on the disk; ${stillWritten}`),
  )
  rmSync(join(dir, 'filler'))
  clock.pass(2000)
  write(7, 8)
  t.strictSame(files(), { 'train.log': '7\n8\n', 'train.log.1': '1\n2\n3\n4\n5\n6\n' })
  t.equal(reports.length, 1)
})

t.test('rotation waits while the file system is read-only (EROFS)', root, async (t) => {
  const { dir, clock, reports, write, files } = log(t, 'size=256k')
  write(1, 2)
  const uncover = coveredReadOnly(dir)
  try {
    write(3)
    clock.pass(1000)
    write(4)
    t.strictSame(files(), { 'train.log': '1\n2\n3\n4\n' })
    t.equal(reports.length, 1)
    t.match(
      reports[0],
      new RegExp(`^test: rotation failed: EROFS: .*; mount the file system for writing, .*; ${stillWritten}`),
    )
  } finally {
    uncover()
  }
  clock.pass(2000)
  write(5)
  t.strictSame(files(), { 'train.log': '5\n', 'train.log.1': '1\n2\n3\n4\n' })
  t.equal(reports.length, 1)
})

t.test('a failed rotation of another user’s file in a sticky folder leaves no second name', root, async (t) => {
  const { path, clock, reports, write, files } = log(t, 'size=256k,mode=1777')
  writeFileSync(path, '1\n2\n')
  chmodSync(path, 0o666)
  const asUser = (...lines: number[]) => {
    process.seteuid?.(12_345)
    try {
      write(...lines)
    } finally {
      process.seteuid?.(0)
    }
  }
  asUser(3)
  clock.pass(1000)
  asUser(4)
  t.strictSame(files(), { 'train.log': '1\n2\n3\n4\n' })
  t.equal(reports.length, 1)
  const why = 'belongs to another user, and its folder has the sticky bit: only the owner may rename it'
  t.match(
    reports[0],
    new RegExp(`^test: rotation failed: EPERM: .*train.log ${why}; let this user .*; ${stillWritten}`),
  )
  chownSync(path, 12_345, -1)
  clock.pass(2000)
  asUser(5)
  t.strictSame(files(), { 'train.log': '5\n', 'train.log.1': '1\n2\n3\n4\n' })
})

t.test('an old file that cannot be deleted is reported, and the next end deletes it', root, async (t) => {
  const { dir, reports, rotation, write, files } = log(t, 'size=256k', { keepFiles: 1 })
  write(1, 2, 3, 4, 5)
  const uncover = coveredReadOnly(dir)
  rotation.end()
  uncover()
  t.strictSame(Object.keys(files()), ['train.log', 'train.log.1', 'train.log.2'])
  t.match(reports, [
    new RegExp(`^test: retention failed: EROFS: .*train.log.1'; mount the file system .*; ${stillWritten}`),
  ])
  write(6, 7)
  rotation.end()
  t.strictSame(files(), { 'train.log': '7\n', 'train.log.3': '5\n6\n' })
})
