import { rankLogger } from 'pino-rank'
import t from 'tap'
import { node, runProcess } from './kit/start-process.ts'

/** Returns options of a silent logger on this rank. Options of sinks are checked at construction, even if the rank never writes. */
const as = (rank: number) => ({ rank: { rank, worldSize: 4, launcher: 'test' }, level: 'silent' })

const faults: [target: string, options: object, code: string][] = [
  ['pino-rank-file', { path: 'x', rotate: { size: '1mb' } }, 'OPTION_UNKNOWN'],
  ['pino-rank-file', {}, 'OPTION_INVALID'],
  ['pino-rank-split', { path: 'x', flushLevel: 'metric' }, 'LEVEL_UNKNOWN'],
  ['pino-rank-stdout', { merge: 'perhaps' }, 'OPTION_INVALID'],
  ['pino-csv-metrics', { pth: 'm.csv' }, 'OPTION_UNKNOWN'],
]

t.test('invalid options of a target, in a pipeline or of pino-rank/target are rejected on every rank', (t) => {
  for (const [target, options, code] of faults) {
    const outer = { target: 'pino-rank/target', options: { target, options } }
    for (const transport of [{ target, options }, { pipeline: [{ target, options }] }, outer, { targets: [outer] }]) {
      for (const rank of [0, 3])
        t.throws(
          () => rankLogger({ ...as(rank), transport }),
          { name: 'RankError', code } as never,
          `${JSON.stringify(transport)}, rank ${rank}`,
        )
    }
  }
  t.end()
})

t.test(
  'unknown options are reported before an invalid rank set, on every rank, by the first logger of a process',
  async (t) => {
    const transport = { target: 'pino-rank-file', ranks: 'x', options: { pth: 'x' } }
    for (const rank of [0, 1]) {
      const program = `import { rankLogger } from 'pino-rank'
      rankLogger(${JSON.stringify({ ...as(rank), transport })})`
      const { stderr } = await runProcess(t, [...node, '--input-type=module', '--eval', program])
      t.match(stderr, 'received "pth"', `rank ${rank}`)
    }
  },
)

t.test('a target of pino-rank/target may use custom levels of the logger, and its options may be null', (t) => {
  const wrap = (target: string, options: object | null) => ({
    target: 'pino-rank/target',
    options: { target, options },
  })
  const custom = wrap('pino-rank-split', { path: 'x-{rank}', flushLevel: 'metric' })
  for (const transport of [custom, wrap('pino-rank-stdout', null), wrap('pino/file', { anything: 1 })])
    t.equal(rankLogger({ ...as(1), customLevels: { metric: 35 }, transport }).level, 'silent')
  t.end()
})

t.test('sinks that have the same option reject an invalid value with the same message', (t) => {
  const invalid: [options: object, targets: string[]][] = [
    [{ path: '' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ path: 'a/..' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ path: '../a', runDirectory: 'runs' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ path: 'a', runDirectory: '' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ runDirectory: '' }, ['pino-csv-metrics', 'pino-tensorboard']],
    [{ runDirectory: '{who}' }, ['pino-csv-metrics', 'pino-tensorboard']],
  ]
  for (const [options, targets] of invalid) {
    const messages = targets.map((target) => messageOf(() => rankLogger({ ...as(0), transport: { target, options } })))
    for (const [at, target] of targets.entries())
      t.equal(
        messages[at],
        messages[0]?.replaceAll(targets[0] as string, target),
        `${target} ${JSON.stringify(options)}`,
      )
  }
  t.end()
})

function messageOf(construct: () => unknown): string {
  try {
    construct()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the options were accepted')
}
