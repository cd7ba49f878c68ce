import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runRanks } from './kit/ranks.ts'

/** A program that changes its working directory. Existing loggers must continue with their files, on open and gated ranks. */
const program = new URL('./programs/moved-rank.js', import.meta.url)

/** Returns all files below a folder, without the parts of their names that differ in each run. */
function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .map((name) => name.replace(/(?<=\.log\.)\d+$/, '1'))
    .map((name) => name.replace(/tfevents\..*|offline-run-.*|mlflow-.*/, (part) => part.split(/[.-]/)[0] as string))
    .sort()
}

const shared = (rank: number) => [...(rank === 0 ? ['file/latest.log'] : []), 'file/train.log', 'file/train.log.1']
const plain = ['plain/train.log']
const text = (rank: number) => [
  ...['file-runs/version_0/.run.json', 'file-runs/version_0/train.log', 'fixed/train.log', ...shared(rank)],
  ...[`split/latest-${rank}.log`, `split/train.rank-${rank}.json`],
  ...['', '.1'].map((end) => `split/train.rank-${rank}.log${end}`),
]
const metric = [
  ...['board-runs/version_0/.run.json', 'board-runs/version_0/events.out.tfevents', 'board/events.out.tfevents'],
  ...['csv-runs/version_0/.run.json', 'csv-runs/version_0/hparams.yaml', 'csv-runs/version_0/metrics.csv'],
  ...['csv/hparams.yaml', 'csv/metrics.csv', 'spool/mlflow', 'weights/wandb/offline'],
]
const all = (rank: number) => [...text(rank), ...metric]

/** The files that a rank writes, for each way to build the logger. In pure JSON the gate decides which metric sinks write. */
const ways: Record<string, (rank: number) => string[]> = {
  stream: all,
  'pino stream': (rank) => (rank === 0 ? all(rank) : text(rank)),
  targets: (rank) => [...all(rank), ...plain],
  'gated targets': (rank) => [...text(rank), ...plain],
  'pino targets': (rank) => (rank === 0 ? all(rank) : text(rank)),
  'pino-rank/target': (rank) => [...shared(rank), ...plain],
  'pino JSON': (rank) => [...shared(rank), ...plain],
}

for (const [way, expected] of Object.entries(ways)) {
  for (const rank of [0, 1]) {
    t.test(`${way}, rank ${rank}: after chdir all files are still in the first working directory`, async (t) => {
      const dir = t.testdir({ from: {}, to: {} })
      const [from, to] = [join(dir, 'from'), join(dir, 'to')]
      mkdirSync(join(to, 'file-runs')) // a folder with the name of the run directories must not be used either
      const [exit] = await runRanks(t, program, { ranks: 2, only: rank, args: [way, from, to] })
      t.match(exit, { code: 0, signal: null })
      t.strictSame(files(to), [])
      t.strictSame([...new Set(files(from))], expected(rank).sort())
    })
  }
}
