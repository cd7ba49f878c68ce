import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findIoCgroups, limitWrites } from './io-throttle.ts'

const hybridMounts = `/dev/vda / ext4 rw,relatime 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/blkio cgroup rw,relatime,blkio 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
`
const hybridGroups = `7:blkio:/jobs/42
4:memory:/other
0::/
`

t.test(
  'the cgroup hierarchies that can limit writes are found in the texts of /proc/self/mounts and /proc/self/cgroup',
  async (t) => {
    for (const [name, mounts, groups, expected] of [
      [
        'both versions',
        hybridMounts,
        hybridGroups,
        [
          { version: 1, mount: '/sys/fs/cgroup/blkio', group: '/jobs/42' },
          { version: 2, mount: '/sys/fs/cgroup/unified', group: '/' },
        ],
      ],
      [
        'version 2 alone',
        'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate 0 0\n',
        '0::/user.slice/user-0.slice/session-1.scope\n',
        [{ version: 2, mount: '/sys/fs/cgroup', group: '/user.slice/user-0.slice/session-1.scope' }],
      ],
      [
        'a hierarchy of several controllers',
        'cgroup /cg/cpu,blkio cgroup rw,cpu,blkio 0 0\n',
        '3:cpu,blkio:/a:b\n',
        [{ version: 1, mount: '/cg/cpu,blkio', group: '/a:b' }],
      ],
      ['a controller whose name only resembles it', 'cgroup /cg cgroup rw,myblkio 0 0\n', '3:myblkio:/\n', []],
      ['none', '/dev/vda / ext4 rw 0 0\n', '', []],
    ] as const)
      t.same(findIoCgroups(mounts, groups), expected, name)
  },
)

/** Makes a folder that looks like a mounted hierarchy. Its files are plain files: they hold what was written last. */
function hierarchy(t: Test, files: Record<string, string>): string {
  const mount = t.testdir()
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(mount, file, '..'), { recursive: true })
    writeFileSync(join(mount, file), text)
  }
  return mount
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8')

t.test('cgroup v1: the limit is written to the root group and to our own, and undo removes both', async (t) => {
  const rule = 'blkio.throttle.write_bps_device'
  const mount = hierarchy(t, { [rule]: '', [`own/${rule}`]: '' })
  const undo = limitWrites([{ version: 1, mount, group: '/own' }], '7:3', 1000)
  t.same([read(mount, rule), read(mount, 'own', rule)], ['7:3 1000', '7:3 1000'])
  undo()
  t.same([read(mount, rule), read(mount, 'own', rule)], ['7:3 0', '7:3 0'])
})

t.test('cgroup v2: the limit is written to io.max of our group, and undo removes it', async (t) => {
  const mount = hierarchy(t, { 'own/io.max': '' })
  const undo = limitWrites([{ version: 2, mount, group: '/own' }], '7:3', 1000)
  t.equal(read(mount, 'own', 'io.max'), '7:3 wbps=1000')
  undo()
  t.equal(read(mount, 'own', 'io.max'), '7:3 wbps=max')
})

t.test(
  'cgroup v2: a process in the root group moves to a new group, because the root group has no io.max',
  async (t) => {
    const mount = hierarchy(t, { 'cgroup.controllers': 'cpu io memory\n', 'cgroup.subtree_control': 'cpu memory\n' })
    limitWrites([{ version: 2, mount, group: '/' }], '7:3', 1000)
    const own = join(mount, `ranklog-bench-${process.pid}`)
    t.equal(read(mount, 'cgroup.subtree_control'), '+io', 'only what was missing')
    t.equal(read(own, 'cgroup.procs'), String(process.pid))
    t.equal(read(own, 'io.max'), '7:3 wbps=1000')
  },
)

t.test('if no hierarchy can limit writes, the error names the reason for each', async (t) => {
  const mount = hierarchy(t, { 'cgroup.controllers': 'cpu memory\n', 'cgroup.subtree_control': '' })
  const cgroups = [
    { version: 1 as const, mount, group: '/' },
    { version: 2 as const, mount, group: '/' },
  ]
  t.throws(() => limitWrites(cgroups, '7:3', 1000), {
    message: `cgroup v1: no blkio.throttle.write_bps_device in ${mount}; cgroup v2: ${mount} lacks the controller io`,
  })
  t.notOk(existsSync(join(mount, `ranklog-bench-${process.pid}`)))
  t.throws(() => limitWrites([], '7:3', 1000), { message: 'no cgroup v1 blkio and no cgroup v2 is mounted' })
})
