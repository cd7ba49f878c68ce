import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import t from 'tap'
import { sinkTable } from '../../packages/pino-rank/dist/sink/sink-table.js'
import { runRanks } from './kit/ranks.ts'

const program = new URL('./programs/many-loggers.js', import.meta.url)

function read(file: string): [message: string, named: number][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines.map((line) => [JSON.parse(line).msg, line.split('"rank":').length - 1])
}

t.test('in a bundle, where no declaration can be read, our sinks are gated as usual', async (t) => {
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
  t.strictSame(read(path('file.log')).sort(), [...all, ['e', 1]].sort())
  t.strictSame(
    readdirSync(dir).filter((name) => name.endsWith('.csv')),
    ['metrics.0.csv'],
    'a metric sink is rank 0’s alone',
  )
})

t.test('each sink loads as one CommonJS file, as bundlers write for a worker', async (t) => {
  const names = Object.keys(sinkTable).filter((name) => name !== 'pino-rank')
  const dir = t.testdir()
  const entryPoints = Object.fromEntries(names.map((name) => [name, fileURLToPath(import.meta.resolve(name))]))
  const outExtension = { '.js': '.cjs' }
  await build({
    entryPoints,
    outdir: dir,
    outExtension,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
  })
  for (const name of names) t.type(createRequire(import.meta.url)(join(dir, `${name}.cjs`)).default, 'function', name)
})
