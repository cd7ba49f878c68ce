/** The permission bits of files and folders that sinks create, with an umask that removes none. */
import { lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { csvStream } from 'pino-csv-metrics'
import { mlflowStream } from 'pino-mlflow'
import { claimRunDirectory, fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import { tensorboardStream } from 'pino-tensorboard'
import { wandbStream } from 'pino-wandb'
import t from 'tap'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=='
const record = `${JSON.stringify({ level: 30, time: 1, step: 1, metrics: { loss: 1, img: { image: { png } } }, hparams: { lr: 1 } })}\n`

interface Ended {
  write(text: string): unknown
  end(): unknown
  once(event: string, listener: () => void): unknown
}

const rank = { rank: 0, launcher: 'test', worldSize: 1, runKey: 'job' }

/** The functions that create files below a folder, by name. `mode` is the option for the permission bits of the files. */
const sinks: Record<string, (dir: string, mode: number | undefined) => Ended | undefined> = {
  'pino-rank-file': (dir, mode) =>
    fileStream({ path: join(dir, 'a/b/x.log'), current: join(dir, 'c/d/current.log'), ...(mode && { mode }) }),
  'pino-rank-file, runDirectory': (dir, mode) => fileStream({ path: 'x.log', runDirectory: join(dir, 'a/runs'), rank, ...(mode && { mode }) }), // biome-ignore format: one line
  'pino-rank-split': (dir, mode) => splitStream({ path: join(dir, 'a/b/x.log'), rank, ...(mode && { mode }) }),
  'pino-tensorboard': (dir, mode) => tensorboardStream({ logdir: join(dir, 'a/b'), ...(mode && { mode }) }),
  'pino-tensorboard, runDirectory': (dir, mode) =>
    tensorboardStream({ runDirectory: join(dir, 'a/runs'), rank, ...(mode && { mode }) }),
  'pino-wandb': (dir, mode) => wandbStream({ dir: join(dir, 'a'), ...(mode && { mode }) }),
  'pino-csv-metrics': (dir, mode) => csvStream({ path: join(dir, 'a/b/metrics.csv'), ...(mode && { mode }) }),
  'pino-csv-metrics, runDirectory': (dir, mode) =>
    csvStream({ runDirectory: join(dir, 'a/runs'), path: 'b/metrics.csv', rank, ...(mode && { mode }) }),
  claimRunDirectory: (dir, mode) => void claimRunDirectory(join(dir, 'a/runs'), { rank, ...(mode && { mode }) }),
}

/** Returns the permission bits of everything below a folder, by its path. */
function modesIn(dir: string): [path: string, mode: number, isFolder: boolean][] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((path) => [path, lstatSync(join(dir, path))] as const)
    .filter(([, found]) => !found.isSymbolicLink())
    .map(([path, found]) => [path, found.mode & 0o777, found.isDirectory()])
}

for (const [name, make] of Object.entries(sinks)) {
  for (const [mode, expected, folders] of [
    [undefined, 0o640, 0o750],
    [0o600, 0o600, 0o700],
    [0o644, 0o644, 0o755],
  ] as const) {
    t.test(
      `${name}: under umask 000 files are 0${expected.toString(8)}, folders 0${folders.toString(8)}`,
      async (t) => {
        const dir = join(t.testdir(), 'new')
        const before = process.umask(0)
        t.teardown(() => process.umask(before))
        mkdirSync(dir, 0o700)
        const stream = make(dir, mode)
        if (stream) {
          stream.write(record)
          const closed = new Promise<void>((closed) => stream.once('close', closed))
          stream.end()
          await closed
        }
        const found = modesIn(dir)
        t.ok(found.length > 1)
        const octal = (mode: number) => `0${mode.toString(8)}`
        t.strictSame(
          found.map(([path, mode]) => [path, octal(mode)]),
          found.map(([path, , isFolder]) => [path, octal(isFolder ? folders : expected)]),
        )
      },
    )
  }
}

t.test('pino-mlflow: under umask 000 only its user and group can read the spool', async (t) => {
  const dir = join(t.testdir(), 'new')
  const before = process.umask(0)
  t.teardown(() => process.umask(before))
  mkdirSync(dir, 0o700)
  const stream = mlflowStream({ spool: join(dir, 'a/spool'), trackingUri: 'http://127.0.0.1:1' })
  stream.write(record)
  stream.flush()
  const found = modesIn(dir)
  t.ok(found.some(([, , isFolder]) => !isFolder), 'the record is on the disk') // biome-ignore format: one line
  for (const [path, mode] of found) t.equal(mode & 0o027, 0, path)
  stream.end()
})
