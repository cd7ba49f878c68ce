import { chownSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RankInfo } from 'pino-rank/sink'
import t from 'tap'
import { claimRunDirectory } from './claim-run-directory.ts'
import { job, runBase, setRendezvous } from './run-base.test-kit.ts'
import { runMarkName } from './run-mark.ts'

t.test('each job and each attempt has one directory, and numbers go up', async (t) => {
  const { base, claim, mark } = runBase(t)
  t.equal(claim(job('a')), 'version_0')
  t.equal(claim(job('b')), 'version_1')
  t.equal(claim(job('a', { rank: 3 })), 'version_0')
  t.equal(claim(job('a', { attempt: 1 })), 'version_2')
  t.equal(claim(job('a', { attempt: 1, rank: 2 })), 'version_2')
  t.match(mark('version_2'), { version: 2, runKey: 'a', attempt: 1, pid: process.pid, startTime: /./, claimedAt: /Z$/ })
  t.strictSame(readdirSync(base).sort(), ['version_0', 'version_1', 'version_2'], 'no hidden directory is left')
})

t.test('a process without a launcher gets one directory in each base, the same on all threads', async (t) => {
  const { base, claim } = runBase(t)
  t.equal(claim(), 'version_0')
  t.equal(claim(), 'version_0')
  const url = new URL('./claim-run-directory.js', import.meta.url).href
  const code = `import(${JSON.stringify(url)}).then(({ claimRunDirectory }) =>
    require('node:worker_threads').parentPort.postMessage(claimRunDirectory(${JSON.stringify(base)})))`
  const claimed = await new Promise((resolve, reject) =>
    new Worker(code, { eval: true }).on('message', resolve).on('error', reject),
  )
  t.equal(claimed, join(base, 'version_0'))
  t.equal(claimRunDirectory(join(base, 'other')), join(base, 'other', 'version_0'))
})

t.test('a process that had our process id before a container restart is another process', async (t) => {
  const { claim, mark, putMark } = runBase(t)
  claim()
  putMark('version_0', { ...mark('version_0'), startTime: '17' })
  t.equal(claim(), 'version_1')
})

t.test('the option name changes the directory name', async (t) => {
  const { base } = runBase(t)
  t.equal(claimRunDirectory(base, { rank: job('a'), name: 'run' }), join(base, 'run_0'))
  t.equal(claimRunDirectory(base, { rank: job('a') }), join(base, 'version_0'))
})

t.test('the numbers of removed directories are not used again', async (t) => {
  const { base, claim } = runBase(t)
  for (const key of ['a', 'b', 'c']) claim(job(key))
  rmSync(join(base, 'version_1'), { recursive: true })
  t.equal(claim(job('c')), 'version_2')
  t.equal(claim(job('d')), 'version_3')
})

const notOurs: [name: string, put: (base: string, own: object) => void][] = [
  ['without a mark', (dir) => mkdirSync(dir)],
  ['with a mark that does not parse', (dir) => put(dir, '{"version":1,')],
  ['with an empty mark', (dir) => put(dir, '')],
  ['with a mark of null', (dir) => put(dir, 'null')],
  ['with a mark of a later version', (dir, own) => put(dir, JSON.stringify({ ...own, version: 3 }))],
  ['with a mark whose boot id is malformed', (dir, own) => put(dir, JSON.stringify({ ...own, boot: 1 }))],
  ['with a mark without a process', (dir, own) => put(dir, JSON.stringify({ ...own, pid: undefined }))],
  ['with a mark that is too large', (dir, own) => put(dir, JSON.stringify({ ...own, more: 'x'.repeat(70_000) }))],
  ['whose mark is a folder', (dir) => mkdirSync(join(dir, runMarkName), { recursive: true })],
  ['that is a file', (dir) => writeFileSync(dir, 'x')],
  ['that is a link to nowhere', (dir) => symlinkSync('nowhere', dir)],
  [
    'that is a link to one with our mark',
    (dir, own) => {
      put(join(dir, '../elsewhere'), JSON.stringify(own))
      symlinkSync('elsewhere', dir)
    },
  ],
  [
    'whose mark is a link to our mark',
    (dir, own) => {
      put(join(dir, '../elsewhere'), JSON.stringify(own))
      mkdirSync(dir)
      symlinkSync(`../elsewhere/${runMarkName}`, join(dir, runMarkName))
    },
  ],
]

function put(dir: string, mark: string): void {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, runMarkName), mark)
}

for (const [name, make] of notOurs) {
  t.test(`an entry ${name} is not our directory`, async (t) => {
    const { base, claim, mark } = runBase(t)
    claim(job('a'))
    const own = mark('version_0')
    rmSync(join(base, 'version_0'), { recursive: true })
    make(join(base, 'version_0'), own)
    t.equal(claim(job('a')), 'version_1')
    t.equal(claim(job('a', { rank: 1 })), 'version_1')
  })
}

const root = process.getuid?.() === 0 ? {} : { skip: 'chown needs root' }

t.test(
  'a directory or a mark that belongs to another user is not ours, whatever the mark contains',
  root,
  async (t) => {
    const { base, claim } = runBase(t)
    claim(job('a'))
    chownSync(join(base, 'version_0'), 12_345, -1)
    t.equal(claim(job('a')), 'version_1')
    chownSync(join(base, 'version_1', runMarkName), 12_345, -1)
    t.equal(claim(job('a')), 'version_2')
  },
)

t.test('users who may read the files may enter the directory', async (t) => {
  const mask = process.umask(0)
  t.teardown(() => process.umask(mask))
  const { base } = runBase(t)
  const bits = (path: string) => statSync(path).mode & 0o7777
  const made = claimRunDirectory(base, { rank: job('a') })
  t.strictSame([bits(base), bits(made), bits(join(made, runMarkName))], [0o750, 0o750, 0o640])
  const open = claimRunDirectory(base, { rank: job('b'), mode: 0o666 })
  t.strictSame([bits(open), bits(join(open, runMarkName))], [0o777, 0o666])
  process.umask(0o077)
  const closed = claimRunDirectory(base, { rank: job('c'), mode: 0o666 })
  t.strictSame([bits(closed), bits(join(closed, runMarkName))], [0o700, 0o600])
})

t.test('a missing run key, a wrong option and an unusable base are refused with an error code', async (t) => {
  const { base } = runBase(t)
  const claim = (rank: RankInfo, name?: string) => () => claimRunDirectory(base, { rank, name })
  t.throws(claim({ rank: 1, launcher: 'hydra', worldSize: 4 }), {
    code: 'RANK_FIELD_MISSING',
    message: /^pino-rank-file: run directory: expected a runKey .* set RANKLOG_RUN_ID/,
  })
  t.throws(claim(job(setRendezvous(t, 'node1', '29500'), { localWorldSize: 2 })), { code: 'RANK_FIELD_MISSING' })
  for (const name of ['', '../x', 'a/b', '.']) {
    t.throws(claim(job('a'), name), { code: 'OPTION_INVALID', message: /option "name"/ })
  }
  t.throws(() => claimRunDirectory(base, { rank: job('a'), mode: '0640' as never }), { message: /"mode".* 0o640/ })
  writeFileSync(base, 'a file')
  t.throws(claim(job('a')), { code: 'ENOTDIR' })
})
