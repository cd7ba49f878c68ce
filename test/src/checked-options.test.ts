import { rankLogger } from 'pino-rank'
import t from 'tap'
import { node, runProcess } from './kit/start-process.ts'

/** The options of our sinks are checked at construction on every rank, wherever the sink stands: no typo waits for a first error. */
const as = (rank: number) => ({ rank: { rank, worldSize: 4, launcher: 'test' }, level: 'silent' })

const faults: [target: string, options: object, code: string][] = [
  ['pino-rank-file', { path: 'x', rotate: { size: '1mb' } }, 'OPTION_UNKNOWN'],
  ['pino-rank-file', {}, 'OPTION_INVALID'],
  ['pino-rank-split', { path: 'x', flushLevel: 'metric' }, 'LEVEL_UNKNOWN'],
  ['pino-rank-stdout', { merge: 'perhaps' }, 'OPTION_INVALID'],
  ['pino-csv-metrics', { pth: 'm.csv' }, 'OPTION_UNKNOWN'],
]

t.test('alone, in a pipeline, behind pino-rank/target: on every rank', (t) => {
  for (const [target, options, code] of faults) {
    const behind = { target: 'pino-rank/target', options: { target, options } }
    for (const transport of [{ target, options }, { pipeline: [{ target, options }] }, behind, { targets: [behind] }]) {
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
  'wrong options are reported before a wrong rank set, on every rank, also by the first logger of a process',
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

t.test('behind pino-rank/target the logger’s custom levels are known, and options may be null', (t) => {
  const behind = (target: string, options: object | null) => ({
    target: 'pino-rank/target',
    options: { target, options },
  })
  const right = behind('pino-rank-split', { path: 'x-{rank}', flushLevel: 'metric' })
  for (const transport of [right, behind('pino-rank-stdout', null), behind('pino/file', { anything: 1 })])
    t.equal(rankLogger({ ...as(1), customLevels: { metric: 35 }, transport }).level, 'silent')
  t.end()
})

t.test('an option that several sinks take is refused with the same words', (t) => {
  const wrong: [options: object, targets: string[]][] = [
    [{ path: '' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ path: 'a/..' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ path: '../a', runDirectory: 'runs' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ path: 'a', runDirectory: '' }, ['pino-rank-file', 'pino-rank-split', 'pino-csv-metrics']],
    [{ runDirectory: '' }, ['pino-csv-metrics', 'pino-tensorboard']],
    [{ runDirectory: '{who}' }, ['pino-csv-metrics', 'pino-tensorboard']],
  ]
  for (const [options, targets] of wrong) {
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
  throw new Error('nothing was refused')
}
