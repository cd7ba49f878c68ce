import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readProcessStat, thisProcess } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { ranklog } from './kit/ranklog.ts'
import { node, startProcess } from './kit/start-process.ts'

const minute = 60_000
const now = Date.now()

interface Log {
  rank: number
  pid: number
  host?: string
  /** Time of the last step, in ms since 1970. */
  end: number
  steps?: number
}

/** Returns a log of steps of one second each. */
function logOf({ rank, pid, host = hostname(), end, steps = 5 }: Log): string {
  const records = Array.from({ length: steps }, (_, step) => {
    const time = end - 1000 * (steps - 1 - step)
    return JSON.stringify({ level: 30, time, pid, hostname: host, rank, step })
  })
  return `${records.join('\n')}\n`
}

/** Returns the manifest that pino-rank-split writes next to a log. */
function manifestOf(log: Log, fields: object = {}): string {
  const { rank, pid, end, steps = 5 } = log
  const [startedAt, updatedAt] = [new Date(end - 1000 * steps), new Date(end)]
  const counts = { lines: steps, bytes: 1, drops: 0, errors: 0 }
  const files = [`train.rank-${rank}.log`]
  return JSON.stringify({
    version: 1,
    rank,
    host: 'h',
    pid,
    files,
    startedAt,
    updatedAt,
    ...counts,
    exit: 'unknown',
    ...fields,
  })
}

/** Returns the rows of `ranklog status`, by rank. */
async function statusOf(t: Test, dir: string, ...args: string[]) {
  const { code, stdout, stderr } = await ranklog(t, ['status', '--json', dir, ...args])
  const rows = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  return { code, stderr, rows, states: rows.map(({ rank, state }) => `${rank} ${state}`) }
}

/** Starts a process that does nothing until the test ends. */
async function startIdle(t: Test) {
  const idle = startProcess(t, [...node, '-e', 'console.log("up"); setInterval(() => {}, 1e6)'])
  await idle.stdout.until(/up/)
  return idle
}

t.test('a rank that logs nothing is silent while its process runs, and has ended without its process', async (t) => {
  const [alive, dead] = [await startIdle(t), await startIdle(t)]
  const { startTime = '' } = readProcessStat(alive.pid) ?? {}
  dead.kill('SIGKILL')
  await dead.exit
  const end = now - minute
  const logs: Log[] = [alive.pid, dead.pid, alive.pid, dead.pid, alive.pid].map((pid, rank) => ({ rank, pid, end }))
  const own = { ...thisProcess(), startTime }
  const dir = t.testdir({
    // by pid and hostname, which plain pino writes; process 1 runs and is older than the log
    'train.rank-0.log': logOf({ rank: 0, pid: 1, end: now - 20_000, steps: 1 }),
    'train.rank-1.log': logOf(logs[1] as Log),
    // by a manifest
    'train.rank-2.log': logOf(logs[2] as Log),
    'train.rank-2.json': manifestOf(logs[2] as Log, { process: { ...own, pid: alive.pid } }),
    'train.rank-3.log': logOf(logs[3] as Log),
    'train.rank-3.json': manifestOf(logs[3] as Log, { process: { ...own, pid: dead.pid } }),
    // a later process has the same pid
    'train.rank-4.log': logOf(logs[4] as Log),
    'train.rank-4.json': manifestOf(logs[4] as Log, { process: { ...own, pid: alive.pid, startTime: '1' } }),
    'train.rank-5.log': logOf({ rank: 5, pid: alive.pid, end: now - 60 * minute }),
    'train.rank-5.json': manifestOf({ rank: 5, pid: alive.pid, end: now - 60 * minute }, { exit: 'SIGTERM' }),
  })
  const { code, rows, states } = await statusOf(t, dir, '--all')
  t.equal(code, 0)
  t.same(states.toSorted(), ['0 silent', '1 ended', '2 silent', '3 ended', '4 ended', '5 ended'])
  const exits = Object.fromEntries(rows.map(({ rank, exit }) => [rank, exit]))
  t.same(exits, { 0: undefined, 1: 'unknown', 2: undefined, 3: 'unknown', 4: 'unknown', 5: 'SIGTERM' })
})

t.test('a rank of another host is silent while another rank logs, and unknown otherwise', async (t) => {
  const far: Log = { rank: 1, pid: 1, host: 'another-host', end: now - minute }
  const dir = t.testdir({ 'train.rank-1.log': logOf(far) })
  t.same((await statusOf(t, dir)).states, ['1 unknown'])
  writeFileSync(join(dir, 'train.rank-0.log'), logOf({ rank: 0, pid: 1, host: 'h', end: now + minute, steps: 180 }))
  t.same((await statusOf(t, dir)).states, ['0 runs', '1 silent'])
  const process1 = { ...thisProcess(), host: 'another-host', boot: 'x' }
  writeFileSync(join(dir, 'train.rank-1.json'), manifestOf(far, { process: process1 }))
  t.same((await statusOf(t, dir)).states, ['0 runs', '1 silent'])
  writeFileSync(join(dir, 'train.rank-1.json'), manifestOf(far, { process: process1, exit: 1 }))
  t.same((await statusOf(t, dir)).states, ['0 runs', '1 ended'])
})

t.test('status leaves out the logs of an earlier run in the folder, and --all shows both runs', async (t) => {
  const yesterday = now - 24 * 60 * minute
  const old = [0, 1, 2, 3].map((rank): Log => ({ rank, pid: 100 + rank, host: 'h', end: yesterday }))
  const present = [0, 1].map((rank): Log => ({ rank, pid: 200 + rank, host: 'h', end: now + minute }))
  const logs = (logs: Log[], key?: string) =>
    logs.flatMap((log) => [
      [`train.rank-${log.rank}.log`, logOf(log)],
      ...(key ? [[`train.rank-${log.rank}.json`, manifestOf(log, { runKey: key })]] : []),
    ])
  for (const [what, files] of [
    ['run keys', [...logs(old, 'a'), ...logs(present, 'b')]],
    ['times', [...logs(old), ...logs(present)]],
    [
      'the new run appends',
      [...logs(old), ...present.map((log, rank) => [`train.rank-${rank}.log`, logOf(old[rank] as Log) + logOf(log)])],
    ],
    [
      'a key and other names',
      [
        ...logs(old),
        ...logs(present, 'b').map(([name, text]) => [name?.replace('train', 'eval'), text?.replace('train', 'eval')]),
      ],
    ],
  ] as [string, [string, string][]][]) {
    const dir = t.testdir(Object.fromEntries(files))
    const { states, stderr, rows } = await statusOf(t, dir)
    t.same(states, ['0 runs', '1 runs'], what)
    t.match(stderr, /^ranklog status: train\.rank-\d\.log, .*of an earlier run and left out; --all shows them\n$/, what)
    for (const row of rows) t.match(row, { step: 4, stepsPerSecond: 1, lagMs: 0, behind: 0 }, what)
    const all = await statusOf(t, dir, '--all')
    t.equal(all.stderr, '')
    t.same(all.states.slice(0, 2), ['0 runs', '1 runs'], what)
    t.ok(all.states.includes('3 unknown'), what)
    t.equal(new Set(all.rows.map(({ run }) => run)).size, 2, what)
  }
})

t.test('errors and torn lines of an earlier run in the same file do not count', async (t) => {
  const earlier = `${logOf({ rank: 0, pid: 1, host: 'h', end: now - 60 * minute })}{"level":50,"time":${now - 60 * minute},"pid":1,"hostname":"h"}\n{"torn\n`
  const dir = t.testdir({ 'train.rank-0.log': earlier + logOf({ rank: 0, pid: 2, host: 'h', end: now + minute }) })
  t.match((await statusOf(t, dir)).rows, [{ errors: 0, torn: 0, step: 4 }])
})

t.test('a higher attempt of an earlier run does not hide the present run', async (t) => {
  const dir = t.testdir()
  mkdirSync(join(dir, 'attempt-1'))
  const old: Log = { rank: 0, pid: 1, end: now - 60 * minute, host: 'h' }
  writeFileSync(join(dir, 'attempt-1', 'train.rank-0.log'), logOf({ ...old, steps: 50 }))
  writeFileSync(join(dir, 'attempt-1', 'train.rank-0.json'), manifestOf(old, { attempt: 1, runKey: 'a', exit: 1 }))
  writeFileSync(join(dir, 'train.rank-0.log'), logOf({ ...old, end: now + minute }))
  writeFileSync(join(dir, 'train.rank-0.json'), manifestOf({ ...old, end: now + minute }, { runKey: 'b' }))
  t.match(await statusOf(t, dir), { states: ['0 runs'], rows: [{ step: 4 }] })
})

t.test('the table fits 80 columns with long host names, and --ranks selects its rows', async (t) => {
  const files = Array.from({ length: 600 }, (_, rank): [string, string][] => {
    const log: Log = { rank, pid: rank + 1, host: 'h', end: now + minute }
    const manifest = manifestOf(log, { host: `gpu-node-${rank}.a-long-domain.example.org`, attempt: 2, drops: rank })
    return [
      [`train.rank-${rank}.log`, `${logOf(log)}{"torn\n`],
      [`train.rank-${rank}.json`, manifest],
    ]
  }).flat()
  const dir = t.testdir(Object.fromEntries(files))
  const { stdout, stderr } = await ranklog(t, ['status', dir])
  const lines = stdout.trimEnd().split('\n')
  t.equal(lines.length, 601)
  t.ok(lines.every((line) => line.length <= 80))
  t.match(stderr, /^ranklog status: columns left out of the 80 columns of the terminal: .*attempt.*; --json has all\n$/)
  t.same((await statusOf(t, dir, '--ranks', '0-599/100')).states.length, 6)
  t.match(await ranklog(t, ['status', dir, '--ranks', '3-1']), { code: 2, stderr: /invalid rank set "3-1"/ })
  t.match(await ranklog(t, ['status', dir, '--ranks', '600']), { code: 2, stderr: /no such rank in these logs/ })
})
