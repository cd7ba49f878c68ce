import { type FileSystem, fileSystemOf } from 'pino-rank-lines/system'
import t from 'tap'
import { sharedFile } from './shared-file.ts'
import { sharedPlace } from './shared-place.ts'

type Statfs = NonNullable<Parameters<typeof fileSystemOf>[1]>

/** Returns a statfs on which all existing paths have one type. It records the paths that it was called with. */
function typed(type: number, ...exist: string[]): Statfs & { calls: string[] } {
  const calls: string[] = []
  const statfs = (path: string) => {
    calls.push(path)
    if (exist.includes(path)) return { type }
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
  }
  return Object.assign(statfs, { calls })
}

const types: [type: number, name: string, kind: FileSystem['kind']][] = [
  [0xef53, 'local', 'local'], // ext4
  [0x58465342, 'local', 'local'], // XFS
  [0x01021994, 'local', 'local'], // tmpfs
  [0x794c7630, 'local', 'local'], // overlayfs of the kernel
  [0x6969, 'NFS', 'network'],
  [0xff534d42, 'SMB', 'network'],
  [0xff534d42 - 2 ** 32, 'SMB', 'network'], // negative on 32-bit systems
  [0xfe534d42, 'SMB', 'network'],
  [0x517b, 'SMB', 'network'],
  [0x01021997, '9P', 'network'],
  [0x00c36400, 'Ceph', 'network'],
  [0x65735546, 'FUSE', 'fuse'],
  [0x0bd00bd0, 'Lustre', 'coherent'],
  [0x47504653, 'GPFS', 'coherent'],
]

t.test('the type number of statfs determines the kind of file system', async (t) => {
  for (const [type, name, kind] of types) {
    t.strictSame(fileSystemOf('/data/train.log', typed(type, '/data'), 'linux'), { name, kind }, type.toString(16))
  }
})

t.test('the nearest existing folder determines the file system, and no folder is made', async (t) => {
  const statfs = typed(0x6969, '/', '/data')
  t.match(fileSystemOf('/data/runs/a/train.log', statfs, 'linux'), { name: 'NFS' })
  t.strictSame(statfs.calls, ['/data/runs/a/train.log', '/data/runs/a', '/data/runs', '/data'])
})

t.test('a path whose file system cannot be determined counts as local: opening it will report the error', async (t) => {
  const denied = () => {
    throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
  }
  t.match(fileSystemOf('/data/train.log', denied, 'linux'), { kind: 'local' })
  t.match(fileSystemOf('/data/train.log', typed(0x6969), 'linux'), { kind: 'local' }, 'not even a root')
  t.match(fileSystemOf('/data/train.log', typed(0x6969, '/data'), 'darwin'), { kind: 'local' }, 'no Linux')
})

const three = { rank: 3, launcher: 'test', worldSize: 8, localWorldSize: 4 }

t.test('a rank’s file of errors is in the folder of the shared file, unless the path contains {rank}', async (t) => {
  const own = (template: string) => sharedFile(template, three, false, (path) => path)?.own
  t.equal(own('train.log'), 'train.errors.rank-{rank}.log')
  t.equal(own('logs.d/train'), 'logs.d/train.errors.rank-{rank}')
  t.equal(own('/v2/{runKey}/v2.log.txt'), '/v2/{runKey}/v2.log.errors.rank-{rank}.txt')
  t.equal(own('train.{rank:3}.log'), undefined, 'a path with {rank} is not shared')
  t.equal(sharedFile('train.log', { ...three, rank: 0, worldSize: 1 }, true, String), undefined)
})

const places: [kind: FileSystem['kind'], open: boolean, oneHost: boolean, place: string][] = [
  ['local', false, false, 'train.log'],
  ['coherent', false, false, 'train.log'],
  ['network', true, false, 'train.log'],
  ['network', false, false, 'train.errors.rank-3.log'],
  ['network', false, true, 'train.log'],
  ['fuse', true, true, 'train.log'],
  ['fuse', false, true, 'train.errors.rank-3.log'],
  ['fuse', false, false, 'train.errors.rank-3.log'],
]

t.test('a rank writes to a file of its own where appends of several ranks could tear lines', async (t) => {
  for (const [kind, open, oneHost, place] of places) {
    const shared = { own: 'train.errors.rank-3.log', open, oneHost, isReporter: false }
    const found = sharedPlace('train.log', shared, t.fail, () => ({ name: 'x', kind }))
    t.equal(found, place, `${kind}${open ? ', open' : ''}${oneHost ? ', one host' : ''}`)
  }
})

t.test('rank 0 reports the additional files once for each path', async (t) => {
  const reports: string[] = []
  const shared = { own: 'v2/train.errors.rank-0.log', open: true, oneHost: false, isReporter: true }
  const place = (path: string, given: object, kind: FileSystem['kind'] = 'network') =>
    sharedPlace(
      path,
      { ...shared, ...given },
      (what) => reports.push(what),
      () => ({ name: 'NFS', kind }),
    )
  place('v2/local.log', {}, 'local')
  place('v2/train.log', { isReporter: false })
  for (const _ of [1, 2]) place('v2/train.log', {})
  place('v2/fuse.log', {}, 'fuse')
  const what = 'ranks outside "ranks" write their errors to v2/train.errors.rank-N.log'
  t.strictSame(reports, [
    `on NFS, where appends of several hosts overwrite each other: ${what}`,
    `on NFS, where appends of several processes may lose lines: ${what}`,
  ])
})
