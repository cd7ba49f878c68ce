/** `npm run bench` as a process that a user starts, interrupts and kills: its files, messages and exit codes. */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type Exit, type ProcessOptions, runProcess, startProcess, type TestProcess } from './kit/start-process.ts'

const benchmarks = fileURLToPath(new URL('../../benchmarks', import.meta.url))
const command = ['/usr/bin/env', '-u', 'NODE_OPTIONS', process.execPath, join(benchmarks, 'dist/bench.js')]

/** Creates an empty current folder, and an empty folder for the disk under test. */
function folders(t: Test): { cwd: string; disk: string } {
  const dir = t.testdir({ cwd: {}, disk: {} })
  return { cwd: join(dir, 'cwd'), disk: join(dir, 'disk') }
}

function bench(t: Test, args: readonly string[], options: ProcessOptions): Promise<Exit> {
  return runProcess(t, [...command, ...args], options)
}

/** Starts a long benchmark, and waits until one of its ranks runs. Returns the process and the folder of the run. */
async function startLong(t: Test, cwd: string, disk: string): Promise<{ run: TestProcess; own: string }> {
  const args = ['job', '--scenario', 'f', '--pairs', '3', '--dir', disk]
  const run = startProcess(t, [...command, ...args], { cwd })
  await run.stderr.until(/in \S+\n/)
  const own = /job: .*in (\S+)\n/.exec(run.stderr.text)?.[1] as string
  const job = await entryOf(own, 'killed-')
  await entryOf(join(own, job), 'job.log') // opened by the rank
  return { run, own }
}

/** Waits until a folder has an entry with this prefix, and returns its name. */
async function entryOf(folder: string, prefix: string): Promise<string> {
  const watcher = watch(folder)
  for (;;) {
    const name = readdirSync(folder).find((name) => name.startsWith(prefix))
    if (name !== undefined) {
      watcher.close()
      return name
    }
    await once(watcher, 'change')
  }
}

/** Returns the ids of processes that have a text in their command line. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(text))
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}

const skip = process.platform !== 'linux' && 'reads /proc'

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  t.test(`after ${signal} no file, no folder and no rank is left`, { skip }, async (t) => {
    const { cwd, disk } = folders(t)
    const { run, own } = await startLong(t, cwd, disk)
    t.not(processesWith(own).length, 0, 'a rank runs')
    run.kill(signal)
    t.match(await run.exit, { code, stdout: '' })
    t.same(processesWith(own), [])
    t.same([readdirSync(disk), readdirSync(cwd)], [[], []])
  })
}

t.test('the folder of a run that was killed is removed and reported by the next run', { skip }, async (t) => {
  const { cwd, disk } = folders(t)
  const { run, own } = await startLong(t, cwd, disk)
  run.kill('SIGKILL')
  await run.exit
  t.ok(existsSync(own), 'a killed run cannot remove its folder')
  const next = await bench(t, ['encoder', '--quick', '--records', '1000', '--dir', disk], { cwd })
  t.match(next, { code: 0, stderr: `bench: removed ${own}, the folder of a killed run\n` })
  t.same(readdirSync(disk), [])
  t.same(readdirSync(cwd), [], '--quick writes no file unless it is asked for one')
})

t.test('after an error no folder is left, and the error is one line', async (t) => {
  const { cwd, disk } = folders(t)
  const args = ['merge', '--quick', '--dir', disk]
  const { code, stderr } = await bench(t, args, { cwd, env: { PATH: '/nonexistent' } })
  t.equal(code, 1)
  t.match(stderr, /^bench: spawn cat ENOENT\n$/m)
  t.same([readdirSync(disk), readdirSync(cwd)], [[], []])
})

t.test('a folder that does not exist is an error, and is not created', async (t) => {
  const { cwd, disk } = folders(t)
  for (const [args, message] of [
    [['encoder', '--dir', join(disk, 'none')], /^bench: --dir: the folder \S+none does not exist\. Create it/],
    [['encoder', '--dir', process.execPath], /^bench: --dir: \S+ is not a folder\. Name a folder\n$/],
    [
      ['encoder', '--dir', disk, '--json', 'none/x.json'],
      /^bench: --json: the folder \S+none does not exist\. Create it/,
    ],
    [
      ['encoder', '--dir', disk, '--json', join(benchmarks, 'results/x.json')],
      /only --publish writes the tracked figures/,
    ],
  ] as const) {
    t.match(await bench(t, args, { cwd }), { code: 1, stdout: '', stderr: message })
  }
  t.same([readdirSync(disk), readdirSync(cwd)], [[], []])
})

t.test('figures are written to the current folder, and the tracked figures do not change', async (t) => {
  const { cwd, disk } = folders(t)
  const tracked = () =>
    readdirSync(join(benchmarks, 'results'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')])
  const before = tracked()
  const { code, stdout } = await bench(t, ['encoder', '--pairs', '2', '--records', '1000', '--dir', disk], { cwd })
  t.equal(code, 0)
  t.match(stdout, /\d \[[\d.]+, [\d.]+\]/, 'intervals')
  t.match(stdout, /(met|missed|open) \|$/m, 'verdicts')
  t.same(readdirSync(cwd), ['bench-encoder.json'])
  const report = JSON.parse(readFileSync(join(cwd, 'bench-encoder.json'), 'utf8'))
  t.match(report, { benchmark: 'encoder', size: { pairs: 2, records: 1000 }, tables: [{ rows: Array }] })
  t.same(tracked(), before)
})

t.test('--quick prints no verdict and no interval, and writes none', async (t) => {
  const { cwd, disk } = folders(t)
  const args = ['encoder', '--quick', '--records', '1000', '--dir', disk, '--json', 'x.json']
  const { code, stdout, stderr } = await bench(t, args, { cwd })
  t.equal(code, 0)
  t.match(stderr, 'its figures mean nothing')
  const rows = stdout.split('\n').filter((line) => line.startsWith('|'))
  t.ok(rows.length > 2, 'a table')
  for (const row of rows) t.notMatch(row, /\[|goal|met|missed|open/)
  t.same(readdirSync(cwd), ['x.json'])
  t.notMatch(readFileSync(join(cwd, 'x.json'), 'utf8'), /"goal"|"low"/)
})

t.test('--help measures nothing', async (t) => {
  const { cwd } = folders(t)
  t.match(await bench(t, ['--help'], { cwd }), { code: 0, stdout: /^Usage: npm run bench/, stderr: '' })
  t.same(readdirSync(cwd), [])
})

t.test('contention is ranklog-bench of this clone, with its options, its exit codes and its files', async (t) => {
  const { cwd } = folders(t)
  const help = await bench(t, ['contention', '--help'], { cwd })
  t.match(help, { code: 0, stdout: /Usage: ranklog-bench \[contention\]/, stderr: '' })
  const invalid = await bench(t, ['contention', '--pairs', '2'], { cwd })
  t.match(invalid, { code: 2, stdout: '', stderr: /^ranklog-bench: option "--pairs": / })
  t.same(readdirSync(cwd), [])
  const args = ['contention', '--quick', '--ranks', '1', '--modes', 'none', '--duration', '50ms', '--json', 'x.json']
  t.match(await bench(t, args, { cwd }), { code: 0, stdout: /^Everything ran/ })
  t.same(readdirSync(cwd), ['x.json'])
  t.match(JSON.parse(readFileSync(join(cwd, 'x.json'), 'utf8')), { suite: 'contention' })
})
