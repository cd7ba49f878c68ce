import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { spawnRanks } from './kit/spawn-ranks.ts'

const program = new URL('./programs/many-loggers.js', import.meta.url)

function read(file: string): [message: string, named: number][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines.map((line) => [JSON.parse(line).msg, line.split('"rank":').length - 1])
}

t.test('in a bundle, where no declaration can be read, our sinks are gated as ever', async (t) => {
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
  const ranks = await spawnRanks(program, { ranks: 2, args })
  t.strictSame(ranks, Array(2).fill({ code: 0, signal: null, stderr: '' }))
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
