import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { readManifests } from 'pino-rank-split'
import t from 'tap'
import { sinkTable } from '../../packages/pino-rank/dist/sink/sink-table.js'
import { runRanks, startRank } from './kit/ranks.ts'

const names = ['pino-rank-file', 'pino-rank-split', 'pino-rank-stdout']
const program = new URL('./programs/many-loggers.js', import.meta.url)

/** Returns the messages of a log, or those of one rank in it, each with the number of times that its line has the field rank. */
function read(file: string, only?: number): [message: string, rankFields: number][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines.flatMap((line) => {
    const { rank, msg } = JSON.parse(line)
    return only === undefined || rank === only ? [[msg, line.split('"rank":').length - 1]] : []
  })
}

t.test('in a bundle, which cannot load the declarations of sinks, our sinks are gated as usual', async (t) => {
  const dir = t.testdir()
  const path = (name: string) => join(dir, name)
  const transports = [
    { target: 'pino-rank-split', options: { path: path('split.log') } },
    { target: 'pino-rank-file', options: { path: path('file.log') } },
    {
      targets: [
        { target: 'pino-rank-split', options: { path: path('many.log') } },
        { target: 'pino/file', options: { destination: '/dev/null' } },
      ],
    },
    { pipeline: [{ target: 'pino-rank-split', options: { path: path('pipeline.log') } }] },
    { target: 'pino-csv-metrics', options: { path: path('metrics.{rank}.csv') } },
  ]
  const args = ['bundled', JSON.stringify(transports), JSON.stringify({ customLevels: { metric: 35 } })]
  const ranks = await runRanks(t, program, { ranks: 2, args })
  t.strictSame(ranks, Array(2).fill({ code: 0, signal: null, stdout: '', stderr: '' }))
  const all = ['i', 'm', 'e'].map((message) => [message, 1])
  for (const name of ['split', 'many', 'pipeline']) {
    for (const rank of [0, 1]) t.strictSame(read(path(`${name}.rank-${rank}.log`)), all, `${name}, rank ${rank}`)
  }
  t.strictSame([0, 1].map((rank) => read(path('file.log'), rank)), [all, [['e', 1]]]) // biome-ignore format: one line
  t.equal(read(path('file.log')).length, 4)
  t.strictSame(
    readdirSync(dir).filter((name) => name.endsWith('.csv')),
    ['metrics.0.csv'],
    'a metric sink writes only on rank 0',
  )
})

t.test(
  'in a bundle our sinks run in the process, each from the file that the bundler made for its worker',
  async (t) => {
    const dir = t.testdir()
    const app = await bundledApp(dir, 'own-sinks')
    const path = join(dir, 'train.log')
    const targets = names.map((target) => ({ target, ...(target !== 'pino-rank-stdout' && { options: { path } }) }))
    const args = [JSON.stringify({ targets })]
    const rank = startRank(t, app, 0, { worldSize: 2, args, stdout: 'pipe' })
    t.strictSame(await rank.nextMessage(), { workers: 0, threads: 0 })
    const { stdout, ...exit } = await rank.exit
    t.strictSame(exit, { code: 0, signal: null, stderr: '' })
    const texts = [readFileSync(path, 'utf8'), readFileSync(join(dir, 'train.rank-0.log'), 'utf8'), stdout]
    for (const text of texts) t.match(text, /^.*"i"\}\n.*"w"\}\n.*"e"\}\n$/)
    t.match(readManifests(dir), [{ rank: 0, lines: 3, exit: 0 }])
  },
)

t.test(
  'a sink that the app imports into its bundle runs in the process, on every rank, without a file of its own',
  async (t) => {
    const dir = t.testdir()
    const elsewhere = mkdtempSync(join(tmpdir(), 'bundled-app-')) // no folder above it has the packages
    t.teardown(() => rmSync(elsewhere, { recursive: true }))
    const own = fileURLToPath(new URL('./programs/own-sinks.js', import.meta.url))
    const imports = [...names, own].map((name) => `import ${JSON.stringify(name)}`).join('\n')
    const outfile = join(elsewhere, 'app.cjs')
    const stdin = { contents: imports, resolveDir: fileURLToPath(new URL('.', import.meta.url)) }
    const { outExtension, ...options } = commonJs
    await build({ ...options, stdin, outfile, logOverride: { 'empty-import-meta': 'silent' } })
    const path = join(dir, 'train.log')
    const rotate = { maxBytes: 1e6 }
    const targets = names.map((target) => ({
      ...{ target, ranks: '0' },
      ...(target !== 'pino-rank-stdout' && { options: { path, rotate } }),
    }))
    const written = [/^.*"i"\}\n.*"w"\}\n.*"e"\}\n$/, /^.*"e"\}\n$/]
    for (const [number, text] of written.entries()) {
      const args = [JSON.stringify({ targets })]
      const job = { worldSize: 2, args, stdout: 'pipe', cwd: elsewhere } as const
      const rank = startRank(t, pathToFileURL(outfile), number, job)
      t.match(await rank.nextMessage(), { workers: 0 }, `rank ${number}`)
      const { stdout, ...exit } = await rank.exit
      t.strictSame(exit, { code: 0, signal: null, stderr: '' })
      t.match(stdout, text)
      t.match(readFileSync(join(dir, `train.rank-${number}.log`), 'utf8'), text)
    }
    t.strictSame(
      read(path)
        .map(([message]) => message)
        .join(''),
      'iwee',
    )
    const wrong = [JSON.stringify({ target: 'pino-rank-file', options: { path, rotat: {} } })]
    const { stderr } = await startRank(t, pathToFileURL(outfile), 1, { worldSize: 2, args: wrong, cwd: elsewhere }).exit
    t.match(stderr, 'received "rotat"', 'a gated rank checks the options')
  },
)

t.test('in a bundle a signal reaches the sinks of all files, and then ends the process', async (t) => {
  const dir = t.testdir()
  const app = await bundledApp(dir, 'signalled-logger')
  const path = join(dir, 'train.log')
  const options = { path, flushMs: 600_000, handleSignals: true }
  const targets = ['pino-rank-file', 'pino-rank-split'].map((target) => ({ target, options }))
  const rank = startRank(t, app, 0, { worldSize: 2, args: [JSON.stringify({ transport: { targets } })] })
  await rank.nextMessage()
  await rank.request('info waits')
  rank.kill('SIGTERM')
  t.match(await rank.exit, { code: null, signal: 'SIGTERM', stderr: '' })
  for (const log of [path, join(dir, 'train.rank-0.log')]) t.match(readFileSync(log, 'utf8'), /^.*"waits"\}\n$/)
})

t.test('each sink works as one CommonJS file, which bundlers write for a worker', async (t) => {
  const names = Object.keys(sinkTable).filter((name) => name !== 'pino-rank')
  const dir = t.testdir()
  await bundle(dir, names)
  for (const name of names) t.type(createRequire(import.meta.url)(join(dir, `${name}.cjs`)).default, 'function', name)
})

const commonJs = {
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  logLevel: 'error',
} as const

/** Bundles each package into one CommonJS file, as bundlers do for a worker. */
async function bundle(outdir: string, names: readonly string[]): Promise<void> {
  const entryPoints = Object.fromEntries(names.map((name) => [name, fileURLToPath(import.meta.resolve(name))]))
  await build({ ...commonJs, entryPoints, outdir })
}

/** Bundles a program of `programs`, and our sinks as files of their own. Returns the program's URL. */
async function bundledApp(dir: string, program: string): Promise<URL> {
  const paths = Object.fromEntries(names.map((name) => [name, join(dir, `${name}.cjs`)]))
  await bundle(dir, names)
  // what esbuild-plugin-pino puts in front of the program
  const banner = { js: `globalThis.__bundlerPathsOverrides = ${JSON.stringify(paths)}` }
  const app = { app: fileURLToPath(new URL(`./programs/${program}.js`, import.meta.url)) }
  await build({ ...commonJs, entryPoints: app, outdir: dir, banner, logOverride: { 'empty-import-meta': 'silent' } })
  return pathToFileURL(join(dir, 'app.cjs'))
}
