import { cpSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import { node, runProcess } from './kit/start-process.ts'

// The error of a gated rank while `npm install` replaces the packages: they are missing for a moment.
const env = { ...torchrunEnv(1, { worldSize: 2 }), RANKLOG_RUN_ID: 'a' }
const packages = [
  'pino-rank',
  'pino-rank-lines',
  'pino-rank-file',
  'pino-rank-split',
  'pino-rank-stdout',
  'pino-rank-merge',
]

/** Runs a program that removes the package `gone`, logs an error and then runs the code `then`. */
async function run(t: Test, gone: string, transport: object, then = '') {
  const dir = t.testdir({ logs: {} })
  for (const name of packages) {
    const from = realpathSync(fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url)))
    const to = join(dir, 'node_modules', name)
    mkdirSync(to, { recursive: true })
    cpSync(join(from, 'package.json'), join(to, 'package.json'))
    cpSync(join(from, 'dist/bundle'), join(to, 'dist/bundle'), { recursive: true })
  }
  const program = `
    import { renameSync } from 'node:fs'
    import { rankLogger, setGate } from 'pino-rank'
    const log = rankLogger({ transport: ${JSON.stringify(transport)} })
    renameSync('node_modules/${gone}', 'node_modules/away')
    log.error('first')
    ${then}`
  const { code, stderr } = await runProcess(t, [...node, '--input-type=module', '--eval', program], { cwd: dir, env })
  const logs = readdirSync(join(dir, 'logs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.log'),
  )
  const lines = logs.flatMap((name) =>
    readFileSync(join(dir, 'logs', name), 'utf8')
      .trimEnd()
      .split('\n'),
  )
  return { code, stderr, logged: lines.map((line) => JSON.parse(line).msg) }
}

const path = 'logs/train.log'
const cases: [name: string, gone: string, transport: object][] = [
  ['pino-rank-file', 'pino-rank-file', { target: 'pino-rank-file', options: { path } }],
  ['pino-rank-file, with fsync', 'pino-rank-file', { target: 'pino-rank-file', options: { path, fsync: 'flush' } }],
  [
    'a run directory',
    'pino-rank-file',
    { target: 'pino-rank-file', options: { path: 'train.log', runDirectory: 'logs' } },
  ],
  ['pino-rank-split', 'pino-rank-split', { target: 'pino-rank-split', ranks: '0', options: { path } }],
  [
    'pino-rank-split, without pino-rank-file',
    'pino-rank-file',
    { target: 'pino-rank-split', ranks: '0', options: { path } },
  ],
  ['pino-rank-file, without pino-rank', 'pino-rank', { target: 'pino-rank-file', options: { path } }],
]

for (const [name, gone, transport] of cases) {
  t.test(`${name}: a gated rank writes its error although the package is gone`, async (t) => {
    t.strictSame(await run(t, gone, transport), { code: 0, stderr: '', logged: ['first'] })
  })
}

for (const target of ['pino-rank-file', 'pino-rank-split']) {
  t.test(`${target} with rotation: the error is written without rotation`, async (t) => {
    const options = { path, rotate: { maxBytes: 1e6 } }
    const { code, stderr, logged } = await run(t, target, { target, ranks: '0', options })
    t.match(
      stderr,
      /^\S+: \S+: this process works without rotation and current link: their code cannot be loaded: Cannot find module [^\n]*\n$/,
    )
    t.strictSame([code, logged], [0, ['first']])
  })
}

for (const target of ['pino-rank-file', 'pino-rank-split']) {
  t.test(`${target} on an open rank writes and rotates although the package is gone`, async (t) => {
    const transport = { target, ranks: '1', options: { path, rotate: { maxBytes: 10 } } }
    const { code, stderr, logged } = await run(t, target, transport, `log.error('second')`)
    t.strictSame([code, stderr, logged], [0, '', ['second']], 'the first is in a rotated file')
  })
}

t.test(
  'a stdout target that is not built yet loses the error if the package is gone until the exit, and reports it',
  async (t) => {
    const transport = { target: 'pino-rank-stdout', ranks: '0' }
    const lost = await run(t, 'pino-rank-stdout', transport)
    t.equal(lost.code, 0)
    t.match(lost.stderr, /^pino-rank: a target failed: ENOENT: [^\n]*\n[^\n]*1 line lost: ENOENT[^\n]*\n$/)
  },
)

t.test('setGate buffers records until the package is back', async (t) => {
  const transport = { target: 'pino-rank-file', options: { path } }
  const then = `setGate(log, { ranks: '1' })
    log.info('second')
    renameSync('node_modules/away', 'node_modules/pino-rank-file')
    log.info('third')`
  const { code, stderr, logged } = await run(t, 'pino-rank-file', transport, then)
  t.match(
    stderr,
    /^pino-rank: a target failed: ENOENT: the target's module [^\n]* no longer exists; its lines are buffered [^\n]*\n$/,
  )
  t.strictSame([code, logged], [0, ['first', 'second', 'third']])
})
