import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { resultMisfit } from '../../packages/ranklog-bench/dist/results/index.js'
import { ordinaryUser, withOrdinaryUser } from './kit/ordinary-user.ts'
import { node, type Owner, runProcess, startProcess, type TestProcess } from './kit/start-process.ts'
import { shellText, startInTerminal, terminalTools } from './kit/terminal.ts'

const binary = fileURLToPath(new URL('../../packages/ranklog-bench/bin/ranklog-bench.js', import.meta.url))
const command = [...node, binary]

const bench = (owner: Owner, cwd: string, ...args: string[]) => runProcess(owner, [...command, ...args], { cwd })

/** The shortest run. */
const shortest = ['--quick', '--ranks', '1', '--modes', 'none', '--duration', '50ms']

/** A run that outlasts any test. */
const long = [
  '--ranks',
  '2',
  '--lines',
  '10/step',
  '--rounds',
  '100',
  '--duration',
  '100s',
  '--disks',
  'given',
  '--modes',
  'gated',
]

t.test('--help and --version print to stdout and create no file', async (t) => {
  const dir = t.testdir()
  const { code, stdout, stderr } = await bench(t, dir, '--help')
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /^ranklog-bench: .*\n\nUsage: ranklog-bench \[contention\] \[OPTIONS\]\n/)
  t.match(stdout, /\n {2}no logging\n/, 'the modes')
  t.match(await bench(t, dir, '--version'), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  t.strictSame(readdirSync(dir), [])
})

t.test('an invalid command line gives one line on stderr and exit code 2, and creates no file', async (t) => {
  const dir = t.testdir()
  for (const [args, stderr] of [
    [['--ranks', 'x'], /^ranklog-bench: option "--ranks": expected .*, received "x"; write .*\n$/],
    [['--rank', '2'], /^ranklog-bench: option "--rank": .*did you mean --ranks\? ranklog-bench --help .*\n$/],
    [['merge'], /^ranklog-bench: suite: expected contention, received "merge"; .*\n$/],
    [
      ['--dir', 'missing'],
      /^ranklog-bench: option "--dir": expected a folder that exists, received ".*missing"; .*\n$/,
    ],
    [['--compare', 'old.json'], /^ranklog-bench: option "--compare": expected a file with figures .*\n$/],
  ] as const) {
    const found = await bench(t, dir, ...args)
    t.match(found, { code: 2, stdout: '', stderr }, args.join(' '))
    t.equal(found.stderr.split('\n').length, 2, 'one line')
  }
  t.strictSame(readdirSync(dir), [])
})

t.test(
  'a folder that this user may not write to is an error, for the measurement and for results',
  withOrdinaryUser,
  async (t) => {
    const dir = t.testdir({ open: {} })
    chmodSync(join(dir, 'open'), 0o777)
    mkdirSync(join(dir, 'closed'), { mode: 0o555 })
    const may = 'expected a folder that you may write to, received'
    for (const [cwd, option, args] of [
      ['open', 'dir', ['--dir', join(dir, 'closed')]],
      ['open', 'json', ['--json', join(dir, 'closed', 'a.json')]],
      ['closed', 'json', ['--dir', join(dir, 'open')]],
    ] as const) {
      const found = await runProcess(t, [...command, ...args], { cwd: join(dir, cwd), ...ordinaryUser })
      t.match(found, { code: 2, stdout: '' })
      t.match(found.stderr, `ranklog-bench: option "--${option}": ${may} `)
    }
  },
)

t.test('a smoke run says that its figures mean nothing, and leaves no file', async (t) => {
  const dir = t.testdir()
  const { code, stdout, stderr } = await bench(t, dir, '--quick', '--modes', 'gated', '--duration', '50ms')
  t.equal(code, 0, stderr)
  t.match(stdout, /^Everything ran\. These figures mean nothing, so there is no answer/)
  t.notMatch(stdout + stderr, / × /, 'no verdict')
  t.match(stderr, /^ranklog-bench: a smoke run, .* about \d.*\n/)
  for (const part of ['\r', '\x1b', '%']) t.notOk(stderr.includes(part), 'no progress in a pipe')
  t.strictSame(readdirSync(dir), [])
})

t.test('a run prints its answer, and writes figures and a report', async (t) => {
  const dir = t.testdir()
  const args = ['--ranks', '2', '--lines', '10/step', '--duration', '50ms', '--rounds', '1', '--disks', 'given']
  const modes = ['--modes', 'gated,appendFileSync to one file']
  const { code, stdout, stderr } = await bench(t, dir, ...args, ...modes, '--json', 'new.json', '--report', 'report')
  t.equal(code, 0, stderr)
  t.match(stdout, /^On this disk \(.* measured\), with 2 ranks that each log 10 lines a step, /)
  t.match(stdout, /\n\| gated /)
  t.match(stderr, /figures: .*new\.json\n/)
  t.match(stderr, /report: .*report\/report\.html\n/)
  t.strictSame(readdirSync(dir), ['new.json', 'report'])
  t.ok(readdirSync(join(dir, 'report')).includes('report.html'))
  t.match(await bench(t, dir, ...args, '--json', 'new.json'), { code: 2, stderr: /add --force/ })
  t.equal(resultMisfit(JSON.parse(readFileSync(join(dir, 'new.json'), 'utf8'))), undefined, 'they fit their schema')
})

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  t.test(`${signal} ends a run with exit code ${code}, and leaves no file and no process`, async (t) => {
    const dir = t.testdir()
    const run = await underWay(t, dir)
    run.kill(signal)
    const { code: found, stderr } = await run.exit
    t.equal(found, code, stderr)
    t.match(stderr, /\nranklog-bench: interrupted; nothing is left\n$/)
    t.strictSame(readdirSync(dir), [])
    t.strictSame(processesIn(dir), [])
  })
}

t.test('SIGINT before the plan is known leaves no file', async (t) => {
  const dir = t.testdir()
  const watcher = watch(dir)
  t.teardown(() => watcher.close())
  const begun = once(watcher, 'change')
  const run = startProcess(t, [...command, ...long], { cwd: dir })
  await begun // its folder is there
  run.kill('SIGINT')
  t.match(await run.exit, { code: 130, stderr: /^ranklog-bench: interrupted; nothing is left\n$/ })
  t.strictSame(readdirSync(dir), [])
})

t.test('the next run reports and removes the folder of a killed run', async (t) => {
  const dir = t.testdir()
  const run = await underWay(t, dir)
  run.kill('SIGKILL')
  await run.exit
  const [left] = readdirSync(dir)
  t.ok(left, 'a killed run leaves its folder')
  const next = await bench(t, dir, ...shortest)
  t.equal(next.code, 0, next.stderr)
  t.match(next.stderr, new RegExp(`^ranklog-bench: removed what a killed run left: .*${left}\n`))
  t.strictSame(readdirSync(dir), [])
})

t.test('on a terminal progress is one line, which the end removes', terminalTools, async (t) => {
  const dir = t.testdir()
  mkdirSync(join(dir, 'disk'))
  const { stdout } = await startInTerminal(t, shellText([...command, ...shortest, '--dir', 'disk']), { cwd: dir }).exit
  const shown = stdout.split('\r\x1b[K')
  t.ok(
    shown.some((text) => /^\d+ %, [\d.]+ (s|min) left: /.test(text)),
    stdout,
  )
  t.match(shown.at(-1), /^Everything ran\./)
})

/** Starts a run and waits until its jobs begin. */
async function underWay(owner: Owner, dir: string): Promise<TestProcess> {
  const run = startProcess(owner, [...command, ...long], { cwd: dir })
  await run.stderr.until(/Ctrl-C ends it/)
  return run
}

/** Returns the processes whose current folder is this one, or is in it. None where there is no /proc. */
function processesIn(dir: string): string[] {
  if (!existsSync('/proc/self/cwd')) return []
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && `${folderOf(pid)}/`.startsWith(`${dir}/`))
}

/** Returns the current folder of a process, and '' if the process has ended. */
function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}
