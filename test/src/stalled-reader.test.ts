/** Ranks whose collector, or whose `ranklog run`, writes to a reader that does not read: they continue all the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startRanklog } from './kit/ranklog.ts'
import { sharedPipe } from './kit/shared-pipe.ts'
import { node, pathOf, startProgram, type TestProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'
import type { CollectedRank } from './programs/collected-rank.ts'
import type { CollectingParent } from './programs/collecting-parent.ts'

const count = 10_000 // more than pipes, sockets and the window of a rank can buffer
const ranks = 2

interface Found {
  rank: number
  seq?: number
  drops?: number
  repeated?: boolean | number
}

/** Creates a pipe whose reader does not read before `continue` or `records`. */
async function stalledReader(t: Test) {
  const dir = t.testdir()
  const path = join(dir, 'out')
  const pipe = await sharedPipe(t, dir, path)
  pipe.reader.kill('SIGSTOP')
  return {
    path,
    fd: pipe.fd,
    continue: () => pipe.reader.kill('SIGCONT'),
    /** Lets the reader read to the end, and returns the records. */
    async records(): Promise<Found[]> {
      const written = pipe.close()
      pipe.reader.kill('SIGCONT')
      await written
      return readFileSync(path, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line)) // biome-ignore format: one line
    },
  }
}

/** Starts a parent of ranks, which collects their lines unless `given` says otherwise. */
function startParent(t: Test, stdout: number, rank: CollectedRank, given: Omit<CollectingParent, 'rank'>): TestProcess {
  const sockets = mkdtempSync(join(tmpdir(), 'rs-')) // short: the address of a Unix socket is limited to 107 bytes
  t.teardown(() => rmSync(sockets, { recursive: true }))
  const argument: CollectingParent = { ...given, rank: JSON.stringify(rank) }
  const program = new URL('./programs/collecting-parent.js', import.meta.url)
  return startProgram(t, program, [JSON.stringify(argument)], { env: { RANKLOG_SOCKET_DIR: sockets }, stdout })
}

/** Resolves when all ranks, or the first `loggers`, have logged everything. */
async function untilLogged({ stderr }: TestProcess, loggers = ranks): Promise<void> {
  for (let rank = 0; rank < loggers; rank++) await stderr.until(new RegExp(`^rank ${rank} has logged$`, 'm'))
}

/** Checks that a rank's records are there once and in order, or counted as dropped. Returns the number of drops. */
function checkRank(t: Test, found: readonly Found[], stderr: string, rank: number): number {
  const stats = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  const own = found.filter((record) => record.rank === rank)
  const seqs = own.flatMap(({ seq = [] }) => seq)
  t.ok(
    seqs.every((seq, at) => at === 0 || seq > (seqs[at - 1] as number)),
    `rank ${rank}: in order, each once`,
  )
  const drops = own.reduce((sum, { drops = 0 }) => sum + drops, 0)
  t.equal(seqs.length + drops, count, `rank ${rank}: a record counts the missing lines`)
  t.equal(stats.find((counts) => counts.rank === rank)?.drops, drops, `rank ${rank}: stats() counts them`)
  return drops
}

/** Returns the kernel function in which a process sleeps, or '0' if the system does not tell. */
const kernelFunctionOf = (pid: number) => readFileSync(`/proc/${pid}/wchan`, 'utf8')

/** The policies at a full queue. With all but the first, records are dropped. */
const policies = {
  block: {},
  drop: { overflow: 'drop', queueBytes: 200_000 },
  'block, for too long': { queueBytes: 200_000, blockMs: 50 },
} as const

/** Checks that the ranks, each with another policy, have dropped records if their policy does so. */
function checkPolicies(t: Test, found: readonly Found[], stderr: string): void {
  for (const [rank, policy] of Object.keys(policies).entries()) {
    const drops = checkRank(t, found, stderr, rank)
    t.equal(drops > 0, policy !== 'block', `overflow ${policy}: ${drops} drops`)
  }
}

const each = Object.values(policies)

t.test('ranks continue while nobody reads the stdout of their collecting parent', async (t) => {
  const reader = await stalledReader(t)
  const rank: CollectedRank = { way: 'stream', count, reportsProgress: true, options: { merge: 'always' }, each }
  const parent = startParent(t, reader.fd, rank, { ranks: each.length, collector: {} })
  await untilLogged(parent, each.length)
  const found = await reader.records()
  checkPolicies(t, found, (await parent.exit).stderr)
  t.notOk(found.some(({ repeated }) => repeated), 'no rank repeats a line') // biome-ignore format: one line
})

t.test('ranks continue while nobody reads the stdout of ranklog run', async (t) => {
  const reader = await stalledReader(t)
  const rank: CollectedRank = { way: 'stream', count, reportsProgress: true, each }
  const program = [...node, pathOf(new URL('./programs/collected-rank.js', import.meta.url)), JSON.stringify(rank)]
  const run = startRanklog(t, ['run', '-n', `${each.length}`, '--', ...program], { stdout: reader.fd })
  await untilLogged(run, each.length)
  const found = await reader.records()
  const { code, stderr } = await run.exit
  t.equal(code, 0)
  checkPolicies(t, found, stderr)
})

for (const [policy, options] of Object.entries(policies)) {
  t.test(`overflow ${policy}: ranks continue while nobody reads the stdout of the collecting rank`, async (t) => {
    const reader = await stalledReader(t)
    const own = { merge: 'always', ...options } as const
    const rank: CollectedRank = {
      way: 'stream',
      count,
      reportsProgress: true,
      options: own,
      first: { ...own, collector: true },
    }
    const parent = startParent(t, reader.fd, rank, { ranks, env: { RANKLOG_RUN_ID: 'own' } })
    await untilLogged(parent)
    const found = (await reader.records()).filter(({ repeated }) => !repeated)
    const { stderr } = await parent.exit
    const drops = checkRank(t, found, stderr, 0) + checkRank(t, found, stderr, 1)
    t.equal(drops > 0, policy !== 'block', `${drops} drops`)
  })
}

t.test('ranks that log nothing more send their buffered lines before they end', async (t) => {
  const reader = await stalledReader(t)
  const rank: CollectedRank = {
    way: 'stream',
    count,
    reportsProgress: true,
    options: { merge: 'always' },
    stayingRanks: [0, 1],
  }
  const parent = startParent(t, reader.fd, rank, { ranks, collector: {} })
  const { pids } = await parent.nextMessage<{ pids: number[] }>()
  await untilLogged(parent)
  reader.continue()
  const hasAll = () => readFileSync(reader.path, 'utf8').split('\n').length === ranks * count + 1
  await until(hasAll)
  for (const pid of pids) process.kill(pid)
  await reader.records()
})

t.test('ranks continue and lose no line while the collector and its reader are suspended', async (t) => {
  const reader = await stalledReader(t)
  const rank: CollectedRank = { way: 'stream', count, reportsProgress: true, options: { merge: 'always' } }
  const parent = startParent(t, reader.fd, rank, { ranks, collector: {} })
  await parent.stderr.until(/rank \d has begun/)
  parent.kill('SIGSTOP')
  await untilLogged(parent)
  parent.kill('SIGCONT')
  const found = await reader.records()
  for (let rank = 0; rank < ranks; rank++) {
    const own = found.filter((record) => record.rank === rank && record.seq !== undefined)
    const unmarked = own.filter(({ repeated }) => !repeated).map(({ seq }) => seq)
    t.equal(new Set(own.map(({ seq }) => seq)).size, count, `rank ${rank}: none is lost`)
    t.equal(new Set(unmarked).size, unmarked.length, `rank ${rank}: none is twice without a mark`)
  }
  t.match((await parent.exit).stderr, /"drops":0/)
})

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux shows how much a process has written' }

t.test(
  'a rank that prints without our sink waits while nobody reads the stdout of ranklog run, and no memory fills',
  linux,
  async (t) => {
    const reader = await stalledReader(t)
    const lines = 5_000
    const prints = `fs.writeSync(2, 'pid ' + process.pid + '\\n')
    for (let at = 0; at < ${lines}; at++) fs.writeSync(1, JSON.stringify({ rank: 1, seq: at, fill: 'x'.repeat(1000) }) + '\\n')`
    const logs = pathOf(new URL('./programs/collected-rank.js', import.meta.url))
    const rank: CollectedRank = { way: 'stream', count, reportsProgress: true }
    const script = 'if [ $RANK = 0 ]; then exec "$0" "$1" "$2"; else exec "$0" -e "$3"; fi'
    const command = ['sh', '-c', script, process.execPath, logs, JSON.stringify(rank), prints]
    const run = startRanklog(t, ['run', '-n', '2', '--', ...command], { stdout: reader.fd })
    await run.stderr.until(/^pid \d+$/m)
    const pid = Number(/^pid (\d+)$/m.exec(run.stderr.text)?.[1])
    await untilLogged(run, 1)
    if (kernelFunctionOf(process.pid) !== '0') {
      await until(() => kernelFunctionOf(pid).includes('pipe'))
      const [, written] = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8')) ?? []
      t.ok(Number(written) < 2 ** 20, `it has written ${written} bytes of ${lines * 1000}`)
    }
    const found = await reader.records()
    t.equal((await run.exit).code, 0)
    for (const [rank, expected] of [count, lines].entries()) {
      const seqs = found.filter((record) => record.rank === rank).map(({ seq }) => seq)
      t.strictSame(
        seqs,
        Array.from({ length: expected }, (_, seq) => seq),
      )
    }
  },
)
