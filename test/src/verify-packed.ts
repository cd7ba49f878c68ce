/**
 * The packages as users get them: packed, installed in an empty folder beside pino 9 and pino 10, used from ESM and
 * CommonJS with a target that only the app has; then publint and attw on each. Needs a package registry.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { type Message, publint } from 'publint'
import { check, expectEqual, report, run } from './kit/checks.ts'
import { type Feature, features } from './kit/features.ts'
import { appTarget, inBothForms, loneApp, metricApp, severalApp, slowDisk, slowDiskApp } from './kit/packed-apps.ts'
import { installPlugNPlay, plugNPlayApp } from './kit/plug-n-play.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const names = readdirSync(join(root, 'packages'))
const work = mkdtempSync(join(tmpdir(), 'pino-rank-packed-'))

/** What attw says of types for `require()` whose module is an ES module. Node's require() loads it: see docs/commonjs.md. */
const esmByRequire = ['cjs-resolves-to-esm', 'false-cjs']

/** The same for publint. */
const isFault = ({ code, path }: Message) => code !== 'EXPORTS_TYPES_INVALID_FORMAT' || !path.includes('require')

/** Returns the path of a package as it was packed. */
function tarballOf(name: string): string {
  return join(work, readdirSync(work).find((file) => /^\D*/.exec(file)?.[0] === `${name}-`) ?? '')
}

function install(pino: string): string {
  const dir = join(work, `pino-${pino}`)
  mkdirSync(join(dir, 'app-target'), { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{ "name": "app", "private": true, "type": "module" }')
  writeFileSync(
    join(dir, 'app-target/package.json'),
    '{ "name": "app-target", "version": "1.0.0", "type": "commonjs" }',
  )
  writeFileSync(join(dir, 'app-target/index.js'), appTarget)
  const tarballs = readdirSync(work).filter((file) => file.endsWith('.tgz'))
  const packed = tarballs.map((file) => join(work, file))
  run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      `pino@${pino}`,
      'pino-abstract-transport',
      './app-target',
      ...packed,
    ],
    dir,
  )
  return dir
}

/** Writes a program as ESM and as CommonJS. Returns the names of the files. */
function writeApps(dir: string, name: string, imports: Record<string, string>, body: string): string[] {
  return Object.entries(inBothForms(imports, body)).map(([form, text]) => {
    writeFileSync(join(dir, `${name}.${form}`), text)
    return `${name}.${form}`
  })
}

const slowDiskImports = {
  './slow-disk.cjs': 'written',
  pino: 'pino',
  'pino-rank-file': '{ fileStream }',
}

/** What test/features.test.ts shows on this tree's pino. */
function runFeature(dir: string, { name, ...expected }: Feature): void {
  const programs = fileURLToPath(new URL('./programs', import.meta.url))
  cpSync(join(programs, 'app-target.js'), join(dir, 'app-target.js'))
  cpSync(join(programs, 'feature.js'), join(dir, 'feature.js'))
  for (const rank of [0, 1] as const) {
    const file = join(dir, `${name}-${rank}`)
    expectEqual(run('node', ['feature.js', name, file], dir, torchrunEnv(rank, { worldSize: 2 })), '')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    expectEqual(lines.sort(), [...expected[`rank${rank}`]].sort())
  }
}

/** A rank that is gated out appends its error itself, without a worker. */
function runGated(dir: string, target: string, script: string): void {
  const at = join(dir, `run-${script}`)
  mkdirSync(at)
  const env = { RANK: '1', WORLD_SIZE: '2', RANKLOG_RUN_ID: 'packed' }
  expectEqual(run('node', [join(dir, script)], at, env), '0 workers\n')
  const file = target === 'pino-rank-split' ? 'train.rank-1.log' : 'train.log'
  expectEqual(readRecords(join(at, 'runs/version_0', file)), ['1 e'])
}

/** The second line must come from the writer thread. If it cannot start, this thread writes the line and stderr reports it. */
function runSlowDisk(dir: string, script: string): void {
  const at = join(dir, `run-${script}`)
  mkdirSync(at)
  expectEqual(run('node', [join(dir, script)], at), 'from main')
  expectEqual(readRecords(join(at, 'slow.log')), ['undefined from main', 'undefined from the writer thread'])
}

/** Rank 0 has a run in each sink, rank 1 in none. */
function runMetrics(dir: string): void {
  writeFileSync(join(dir, 'metrics-app.mjs'), metricApp)
  const at = join(dir, 'run-metrics')
  mkdirSync(at)
  for (const rank of [1, 0]) {
    expectEqual(readdirSync(at), [])
    run('node', [join(dir, 'metrics-app.mjs')], at, torchrunEnv(rank, { worldSize: 2 }))
  }
  expectEqual(readFileSync(join(at, 'metrics.csv'), 'utf8'), 'loss,step\r\n0.5,1\r\n')
  const [events = '', spool = '', wandb = ''] = ['tb', 'mlflow-spool', 'wandb'].map(
    (name) => readdirSync(join(at, name))[0],
  )
  expectEqual(
    [/^events\.out\.tfevents\./.test(events), /^mlflow-/.test(spool), /-first$/.test(wandb)],
    [true, true, true],
  )
}

/** The command that an installation puts on the path. */
function runCommand(dir: string): void {
  const lines = ['train', 'app'].flatMap((name) =>
    readFileSync(join(dir, `run-app.mjs/${name}.log`), 'utf8')
      .trim()
      .split('\n'),
  )
  expectEqual(run('npx', ['ranklog', 'merge', 'run-app.mjs'], dir).trim().split('\n').sort(), lines.sort())
}

/** The benchmark, in an empty folder, where it leaves what it was asked for and nothing else. */
function runBenchmark(dir: string): void {
  const at = join(work, 'benchmark')
  mkdirSync(at)
  const args = ['--quick', '--json', 'figures.json', '--report', 'report']
  run(join(dir, 'node_modules/.bin/ranklog-bench'), args, at)
  expectEqual(readdirSync(at).sort(), ['figures.json', 'report'])
  expectEqual(JSON.parse(readFileSync(join(at, 'figures.json'), 'utf8')).format, 2)
  expectEqual(readFileSync(join(at, 'report/report.html'), 'utf8').includes('<svg'), true)
}

function readRecords(file: string): string[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines
    .map((line) => JSON.parse(line))
    .map(({ rank, msg }) => `${rank} ${msg}`)
    .sort()
}

/** Under yarn's Plug'n'Play our sinks run in the process if the app imports them, on an open and on a gated rank. */
function runPlugNPlay(pino: string): void {
  const packages = Object.fromEntries(names.map((name) => [name, tarballOf(name)]))
  const { dir, node } = installPlugNPlay(join(work, 'plug-n-play'), pino, packages)
  writeFileSync(join(dir, 'app.mjs'), plugNPlayApp)
  for (const rank of [0, 1]) {
    const printed = node(['app.mjs'], torchrunEnv(rank, { worldSize: 2, runId: 'packed' }))
    expectEqual(printed.split('\n').filter((line) => line !== '').length, rank === 0 ? 3 : 2)
    expectEqual(printed.endsWith('0 workers\n'), true)
  }
  const read = (file: string) => readRecords(join(dir, 'runs/version_0', file))
  expectEqual(
    [read('train.log'), read('train.rank-0.log')],
    [
      ['0 e', '0 i', '1 e'],
      ['0 e', '0 i'],
    ],
  )
}

/** What npm knows of flaws in all that an installation of the packages brings; not every registry answers. */
function audit(dir: string): void {
  try {
    run('npm', ['audit', '--omit=dev', '--loglevel=error'], dir)
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    if (!stderr.includes('audit endpoint returned an error')) throw error
    console.log('# this registry answers no audits: not checked')
  }
}

try {
  run('npm', ['pack', '--pack-destination', work, ...names.map((name) => `./packages/${name}`)], root)
  for (const pino of ['9.14.0', '10.4.0']) {
    const dir = install(pino)
    for (const script of writeApps(dir, 'app', { 'pino-rank': '{ rankLogger }' }, severalApp)) {
      check(`${script} with pino ${pino}: rank 0's lines and rank 1's error in both targets`, () => {
        const at = join(dir, `run-${script}`)
        mkdirSync(at)
        const noise = [0, 1].map((rank) => run('node', [join(dir, script)], at, torchrunEnv(rank, { worldSize: 2 })))
        expectEqual(noise, ['', ''])
        for (const file of ['train.log', 'app.log']) expectEqual(readRecords(join(at, file)), ['0 e', '0 i', '1 e'])
      })
    }
    for (const target of ['pino-rank-file', 'pino-rank-split']) {
      for (const script of writeApps(dir, target, { 'pino-rank': '{ rankLogger }' }, loneApp(target))) {
        check(`${script} with pino ${pino}: a gated rank appends its error`, () => runGated(dir, target, script))
      }
    }
    writeFileSync(join(dir, 'slow-disk.cjs'), slowDisk)
    for (const script of writeApps(dir, 'slow', slowDiskImports, slowDiskApp)) {
      check(`${script} with pino ${pino}: the writer thread takes over a slow disk`, () => runSlowDisk(dir, script))
    }
    check(`metrics with pino ${pino}: rank 0's run in each sink`, () => runMetrics(dir))
    check(`ranklog merge with pino ${pino}`, () => runCommand(dir))
    for (const feature of features) {
      check(`${feature.name} with pino ${pino}`, () => runFeature(dir, feature))
    }
  }
  check('under yarn’s Plug’n’Play, with pino 10.4.0', () => runPlugNPlay('10.4.0'))
  check('npm audit --omit=dev of an app with the packages', () => audit(join(work, 'pino-10.4.0')))
  check('ranklog-bench and its report', () => runBenchmark(join(work, 'pino-10.4.0')))
  for (const name of names) {
    const dir = join(root, 'packages', name)
    const { messages } = await publint({ pkgDir: dir, strict: true })
    check(`publint ${name}`, () => expectEqual(messages.filter(isFault), []))
    check(`attw ${name}`, () => run('npx', ['attw', tarballOf(name), '--ignore-rules', ...esmByRequire], root))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
report()
