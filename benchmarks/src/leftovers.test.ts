import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { mountsIn, removeLeftovers } from './leftovers.ts'

const host = hostname().replaceAll(/[^\w.]/g, '_')

t.test('removes the folder of a process that is gone, and no other', async (t) => {
  const dir = t.testdir()
  const { pid: gone } = spawnSync(process.execPath, ['--version'])
  const left = `rank-bench-${host}-${gone}-abc123`
  const others = [
    `rank-bench-${host}-${process.pid}-abc123`, // runs
    `rank-bench-other.${host}-${gone}-abc123`, // of another host
    `rank-bench-${host}-${gone}-abc123.log`,
    'rank-bench-results',
  ]
  for (const name of [left, ...others]) {
    mkdirSync(join(dir, name, 'job'), { recursive: true })
    writeFileSync(join(dir, name, 'job', 'job.log'), 'a line\n')
  }
  t.same(removeLeftovers(dir), [`removed ${join(dir, left)}, which a killed run had left`])
  t.same(readdirSync(dir).sort(), others.sort())
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0

t.test('unmounts what a killed run had mounted', { skip: !canMount && 'needs Linux and root' }, async (t) => {
  const dir = t.testdir()
  const { pid } = spawnSync(process.execPath, ['--version'])
  const left = join(dir, `rank-bench-${host}-${pid}-abc123`)
  const mounted = join(left, 'a tmpfs')
  mkdirSync(mounted, { recursive: true })
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=65536', 'tmpfs', mounted])
  if (status !== 0) return void t.comment('this container may not mount')
  writeFileSync(join(mounted, 'job.log'), 'a line\n')
  t.same(removeLeftovers(dir), [`removed ${left}, which a killed run had left`])
  t.notOk(existsSync(left))
})

t.test('mount points below a folder, the last first; names with spaces', async (t) => {
  const mounts = [
    '/x /tmp/own/slow ext4 rw 0 0',
    'tmpfs /tmp/own/slow/a\\040b tmpfs rw 0 0',
    'tmpfs /tmp/own2 tmpfs rw 0 0',
  ]
  t.same(mountsIn('/tmp/own', mounts.join('\n')), ['/tmp/own/slow/a b', '/tmp/own/slow'])
})
