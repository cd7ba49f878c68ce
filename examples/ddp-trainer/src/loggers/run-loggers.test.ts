import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEvents, type TensorboardEvent } from 'pino-tensorboard'
import t from 'tap'
import { records, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import type { RunPlace } from './run-loggers.ts'

/** Runs a job of two ranks in a folder. Returns the directories of the loggers of each rank. */
async function runJob(cwd: string, place: string | RunPlace): Promise<string[][]> {
  const { code, stdout, stderr } = await runNode('kit/logged-run.js', { cwd, args: [JSON.stringify(place)] }).ended
  if (code !== 0) throw new Error(stderr)
  return records(stdout).map(({ dirs }) => dirs as string[])
}

async function eventsIn(directory: string): Promise<TensorboardEvent[]> {
  const names = readdirSync(directory).filter((name) => name.includes('tfevents'))
  t.equal(names.length, 1, 'only rank 0 writes an event file')
  const events: TensorboardEvent[] = []
  for await (const event of readEvents(join(directory, names[0] as string))) events.push(event)
  return events
}

async function checkFiles(directory: string): Promise<void> {
  const rows = ['epoch,loss,low,step', '0,0,-inf,0', '0,0.25,-inf,1', '']
  t.strictSame(readFileSync(join(directory, 'metrics.csv'), 'utf8').split('\r\n'), rows)
  const hparams = ['lr: 0.5', 'name: "net"', 'limits/gradient: .inf', '']
  t.strictSame(readFileSync(join(directory, 'hparams.yaml'), 'utf8').split('\n'), hparams)
  const events = await eventsIn(directory)
  const scalars = (name: string) =>
    events.flatMap(({ step, values }) =>
      values.filter(({ tag }) => tag === name).map(({ value }) => [Number(step), value]),
    )
  t.strictSame(scalars('loss'), [
    [0, 0],
    [1, 0.25],
  ])
  t.strictSame(scalars('low'), [
    [0, Number.NEGATIVE_INFINITY],
    [1, Number.NEGATIVE_INFINITY],
  ])
}

t.test('two jobs that start together have a version each, in which their ranks and loggers agree', async (t) => {
  const cwd = temporary(t)
  const jobs = await Promise.all([runJob(cwd, 'runs'), runJob(cwd, 'runs')])
  for (const dirs of jobs) {
    t.equal(dirs.length, 2, 'two ranks')
    t.equal(new Set(dirs.flat()).size, 1, 'one directory')
    await checkFiles(dirs[0]?.[0] as string)
  }
  t.strictSame(readdirSync(join(cwd, 'runs/lightning_logs')).sort(), ['version_0', 'version_1'], 'the parent has none')
})

for (const [place, directory] of [
  [{ saveDir: 'runs', name: 'digits' }, 'runs/digits/version_0'],
  [{ saveDir: 'runs', name: 'digits', version: 7 }, 'runs/digits/version_7'],
  [{ saveDir: 'runs', name: '', version: 'first' }, 'runs/first'],
] as [RunPlace, string][]) {
  t.test(`${JSON.stringify(place)} writes to ${directory}`, async (t) => {
    const cwd = temporary(t)
    const dirs = await runJob(cwd, place)
    t.strictSame([...new Set(dirs.flat())], [join(cwd, directory)])
    await checkFiles(join(cwd, directory))
  })
}
