import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RankInfo } from 'pino-rank/sink'
import t, { type Test } from 'tap'
import { claimRunDirectory } from './claim-run-directory.ts'
import { isOurs, runMarkName } from './run-mark.ts'
import { claimName } from './stale-claims.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux says where a process number counts' }

const job = (runKey: string, given: Partial<RankInfo> = {}): RankInfo => ({
  ...{ rank: 0, launcher: 'test', worldSize: 4, localWorldSize: 4, attempt: 0, runKey },
  ...given,
})

/** A base, and claims in it by the name of the directory. */
function bench(t: Test) {
  const base = join(t.testdir(), 'runs')
  const claim = (rank?: RankInfo) => claimRunDirectory(base, { rank }).slice(base.length + 1)
  const mark = (name: string) => JSON.parse(readFileSync(join(base, name, runMarkName), 'utf8'))
  const putMark = (name: string, mark: object | string) => {
    mkdirSync(join(base, name), { recursive: true })
    writeFileSync(join(base, name, runMarkName), typeof mark === 'string' ? mark : JSON.stringify(mark))
  }
  return { base, claim, mark, putMark }
}

/** Makes a meeting point the run key's source, for one test. */
function meetAt(t: Test, address: string, port: string): string {
  const before = { ...process.env }
  Object.assign(process.env, { MASTER_ADDR: address, MASTER_PORT: port })
  t.teardown(() => {
    for (const name of ['MASTER_ADDR', 'MASTER_PORT']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })
  return `${address}:${port}`
}

t.test('a job has one directory, an attempt its own, and jobs count upwards', async (t) => {
  const { base, claim, mark } = bench(t)
  t.equal(claim(job('a')), 'version_0')
  t.equal(claim(job('b')), 'version_1')
  t.equal(claim(job('a', { rank: 3 })), 'version_0')
  t.equal(claim(job('a', { attempt: 1 })), 'version_2')
  t.equal(claim(job('a', { attempt: 1, rank: 2 })), 'version_2')
  t.match(mark('version_2'), { version: 2, runKey: 'a', attempt: 1, pid: process.pid, startTime: /./, claimedAt: /Z$/ })
  t.strictSame(readdirSync(base).sort(), ['version_0', 'version_1', 'version_2'], 'and nothing is left over')
})

t.test('a process of its own: the same on each thread, for each base', async (t) => {
  const { base, claim } = bench(t)
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

t.test('a process that had our number, before a restart of the container, was another', async (t) => {
  const { claim, mark, putMark } = bench(t)
  claim()
  putMark('version_0', { ...mark('version_0'), startTime: '17' })
  t.equal(claim(), 'version_1')
})

t.test('a name of its own', async (t) => {
  const { base } = bench(t)
  t.equal(claimRunDirectory(base, { rank: job('a'), name: 'run' }), join(base, 'run_0'))
  t.equal(claimRunDirectory(base, { rank: job('a') }), join(base, 'version_0'))
})

t.test('directories that were removed leave gaps that nobody fills', async (t) => {
  const { base, claim } = bench(t)
  for (const key of ['a', 'b', 'c']) claim(job(key))
  rmSync(join(base, 'version_1'), { recursive: true })
  t.equal(claim(job('c')), 'version_2')
  t.equal(claim(job('d')), 'version_3')
})

const foreign: [name: string, put: (base: string, own: object) => void][] = [
  ['without a mark', (dir) => mkdirSync(dir)],
  ['with a mark that does not parse', (dir) => put(dir, '{"version":1,')],
  ['with an empty mark', (dir) => put(dir, '')],
  ['with a mark of null', (dir) => put(dir, 'null')],
  ['with a mark of a later kind', (dir, own) => put(dir, JSON.stringify({ ...own, version: 3 }))],
  ['with a mark without a process', (dir, own) => put(dir, JSON.stringify({ ...own, pid: undefined }))],
  ['with a mark without end', (dir, own) => put(dir, JSON.stringify({ ...own, more: 'x'.repeat(70_000) }))],
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

for (const [name, make] of foreign) {
  t.test(`not ours: a directory ${name}`, async (t) => {
    const { base, claim, mark } = bench(t)
    claim(job('a'))
    const own = mark('version_0')
    rmSync(join(base, 'version_0'), { recursive: true })
    make(join(base, 'version_0'), own)
    t.equal(claim(job('a')), 'version_1')
    t.equal(claim(job('a', { rank: 1 })), 'version_1')
  })
}

const root = process.getuid?.() === 0 ? {} : { skip: 'giving a file away takes root' }

t.test('not ours: another user’s directory, and another user’s mark, whatever they say', root, async (t) => {
  const { base, claim } = bench(t)
  claim(job('a'))
  chownSync(join(base, 'version_0'), 12_345, -1)
  t.equal(claim(job('a')), 'version_1')
  chownSync(join(base, 'version_1', runMarkName), 12_345, -1)
  t.equal(claim(job('a')), 'version_2')
})

t.test('a key that comes again: ours while who made it runs', async (t) => {
  const { claim } = bench(t)
  const runKey = meetAt(t, 'node1', '29500')
  t.equal(claim(job(runKey)), 'version_0')
  t.equal(claim(job(runKey, { rank: 1 })), 'version_0')
})

const dead = { pid: 2 ** 22 + 1, startTime: 'gone' } // above every process number that Linux assigns
const longAgo = '2020-01-01T00:00:00.000Z'

t.test('a key that comes again: an earlier job’s directory is left alone', async (t) => {
  const { base, claim, mark, putMark } = bench(t)
  const runKey = meetAt(t, 'node1', '29500')
  claim(job(runKey))
  putMark('version_0', { ...mark('version_0'), ...dead, claimedAt: longAgo })
  utimesSync(join(base, 'version_0', runMarkName), new Date(longAgo), new Date(longAgo))
  t.equal(claim(job(runKey)), 'version_1')
  t.equal(claim(job('a key of a launcher')), 'version_2')
  putMark('version_2', { ...mark('version_2'), ...dead, claimedAt: longAgo })
  t.equal(claim(job('a key of a launcher')), 'version_2', 'one that does not is believed')
})

t.test('a key that comes again: rank 0 is dead, and a rank’s first error still finds the others', async (t) => {
  const { base, claim, mark, putMark } = bench(t)
  const runKey = meetAt(t, 'node1', '29500')
  claim(job(runKey))
  const own = mark('version_0')
  putMark('version_0', { ...own, ...dead })
  t.equal(claim(job(runKey, { rank: 1 })), 'version_0', 'claimed after we started')
  putMark('version_0', { ...own, ...dead, claimedAt: longAgo })
  utimesSync(join(base, 'version_0', runMarkName), new Date(longAgo), new Date(longAgo))
  writeFileSync(join(base, 'version_0', 'train.log'), 'x')
  t.equal(claim(job(runKey, { rank: 1 })), 'version_0', 'written to after we started')
})

for (const [name, ahead] of [
  ['ahead of', 86_400_000],
  ['behind', -86_400_000],
] as const) {
  t.test(
    `a key that comes again: a machine whose clock is a day ${name} the disk’s finds its own job’s directory`,
    (t) => {
      const { base, claim, mark, putMark } = bench(t)
      const runKey = meetAt(t, 'node1', '29500')
      const real = Date.now
      t.teardown(() => {
        Date.now = real
      })
      Date.now = () => real() + ahead
      claim(job(runKey))
      putMark('version_0', { ...mark('version_0'), ...dead })
      t.equal(claim(job(runKey, { rank: 1 })), 'version_0', 'claimed after we started')
      const before = new Date(real() - process.uptime() * 1000 - 60_000)
      utimesSync(join(base, 'version_0', runMarkName), before, before)
      t.equal(claim(job(runKey, { rank: 1 })), 'version_1', 'an earlier job’s')
      t.strictSame(readdirSync(base).sort(), ['version_0', 'version_1'])
      t.end()
    },
  )
}

t.test('a key that comes again: a pause while the clock is read takes no earlier job’s directory', async (t) => {
  const { base, claim, mark, putMark } = bench(t)
  const key = { runKey: meetAt(t, 'node1', '29500'), attempt: 0, passing: true, oneHost: true }
  claim(job(key.runKey))
  putMark('version_0', { ...mark('version_0'), ...dead })
  const directory = join(base, 'version_0')
  const earlierMs = Date.now() - process.uptime() * 1000 - 50
  utimesSync(join(directory, runMarkName), earlierMs / 1000, earlierMs / 1000)
  const uid = statSync(directory).uid
  const clockWithPause = () => {
    const now = Date.now()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    return now
  }
  t.equal(isOurs(directory, key, uid, clockWithPause), false)
  t.equal(
    isOurs(directory, key, uid, () => Date.now() - 100),
    true,
    'a file that is younger than the process',
  )
})

t.test('a key that comes again, of one host: another host’s directory is another job’s', async (t) => {
  const { claim, mark, putMark } = bench(t)
  const runKey = meetAt(t, 'node1', '29500')
  claim(job(runKey))
  putMark('version_0', { ...mark('version_0'), host: 'node2' })
  t.equal(claim(job(runKey)), 'version_1')
})

/** The number of a process that is over. */
function deadProcess(): number {
  return spawnSync('true').pid
}

t.test('what a dead claimer left is removed, and nothing else', linux, async (t) => {
  const { base, claim } = bench(t)
  const [, pid, here] = claimName().split('-')
  t.equal(Number(pid), process.pid)
  const name = (pid: number, where = here) => `.claim-${pid}-${where}-0123456789abcdef`
  const dead = deadProcess()
  const stay = {
    [name(process.pid)]: 'of a process that runs',
    [name(process.ppid)]: 'of another one that runs',
    [name(dead, '0123456789abcdef')]: 'of another boot or container',
    [name(dead, 'unknown')]: 'of nobody knows where',
    [`.claim-${dead}-0123456789abcdef`]: 'of another make',
    [`${name(dead)}.bak`]: 'not ours',
  }
  mkdirSync(base)
  for (const name of Object.keys(stay)) mkdirSync(join(base, name))
  put(join(base, name(dead)), '{"version":1,')
  mkdirSync(join(base, `.claim-${dead}-${here}-fedcba9876543210`))
  put(join(base, '..', 'elsewhere'), 'a mark')
  symlinkSync('../elsewhere', join(base, `.claim-${dead}-${here}-1111111111111111`))
  t.equal(claim(job('a')), 'version_0')
  t.strictSame(readFileSync(join(base, '..', 'elsewhere', runMarkName), 'utf8'), 'a mark')
  rmSync(join(base, `.claim-${dead}-${here}-1111111111111111`))
  t.strictSame(readdirSync(base).sort(), [...Object.keys(stay), 'version_0'].sort())
})

t.test('a dead claimer’s directory with something of somebody’s in it stays', linux, async (t) => {
  const { base, claim } = bench(t)
  const left = join(base, claimName().replace(`${process.pid}`, `${deadProcess()}`))
  put(left, '{}')
  writeFileSync(join(left, 'precious'), '')
  claim(job('a'))
  t.strictSame(readdirSync(left), ['precious'])
})

t.test('a dead claimer’s directory of another user stays', { ...root, ...linux }, async (t) => {
  const { base, claim } = bench(t)
  const left = claimName().replace(`${process.pid}`, `${deadProcess()}`)
  mkdirSync(join(base, left), { recursive: true })
  chownSync(join(base, left), 12_345, -1)
  claim(job('a'))
  t.strictSame(readdirSync(base).sort(), [left, 'version_0'])
})

t.test('modes: who may read the files may enter the directory', async (t) => {
  const mask = process.umask(0)
  t.teardown(() => process.umask(mask))
  const { base } = bench(t)
  const bits = (path: string) => statSync(path).mode & 0o7777
  const made = claimRunDirectory(base, { rank: job('a') })
  t.strictSame([bits(base), bits(made), bits(join(made, runMarkName))], [0o750, 0o750, 0o640])
  const open = claimRunDirectory(base, { rank: job('b'), mode: 0o666 })
  t.strictSame([bits(open), bits(join(open, runMarkName))], [0o777, 0o666])
  process.umask(0o077)
  const closed = claimRunDirectory(base, { rank: job('c'), mode: 0o666 })
  t.strictSame([bits(closed), bits(join(closed, runMarkName))], [0o700, 0o600])
})

t.test('errors', async (t) => {
  const { base } = bench(t)
  const claim = (rank: RankInfo, name?: string) => () => claimRunDirectory(base, { rank, name })
  t.throws(claim({ rank: 1, launcher: 'hydra', worldSize: 4 }), {
    code: 'RANK_FIELD_MISSING',
    message: /^pino-rank-file: run directory: expected a runKey .* set RANKLOG_RUN_ID/,
  })
  t.throws(claim(job(meetAt(t, 'node1', '29500'), { localWorldSize: 2 })), { code: 'RANK_FIELD_MISSING' })
  for (const name of ['', '../x', 'a/b', '.']) {
    t.throws(claim(job('a'), name), { code: 'OPTION_INVALID', message: /option "name"/ })
  }
  t.throws(() => claimRunDirectory(base, { rank: job('a'), mode: '0640' as never }), { message: /"mode".* 0o640/ })
  writeFileSync(base, 'a file')
  t.throws(claim(job('a')), { code: 'ENOTDIR' })
})
