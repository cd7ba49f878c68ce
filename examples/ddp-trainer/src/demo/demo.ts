// Trains on four ranks, then checks that no sink has lost, torn or doubled a line.
// Usage: `node demo/demo.js [--model mlp|cnn] [--epochs N] [--accuracy 0.95]`, or `node demo/demo.js --check DIRECTORY` to check an earlier run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readManifests } from 'pino-rank-split'
import { readEvents, type TensorboardEvent } from 'pino-tensorboard'
import { type Model, modelOf } from '../digit-classifier.ts'
import { checkRun, type Run, type RunReport } from './check-run.ts'
import { DemoScreen } from './demo-screen.ts'
import { openFifo } from './fifo.ts'
import type { Sent } from './numbered-log.ts'

const { values } = parseArgs({
  options: {
    accuracy: { type: 'string' },
    check: { type: 'string' },
    epochs: { type: 'string' },
    model: { type: 'string', default: 'mlp' },
  },
})
const model = modelOf(values.model)
const accuracies: Record<Model, number> = { mlp: 0.95, cnn: 0.98 }
const minAccuracy = Number(values.accuracy ?? accuracies[model])

/** Runs demo-train.js with one pipe as the stdout of all ranks. Copies the output to files, and to this process. */
async function train(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const script = fileURLToPath(new URL('demo-train.js', import.meta.url))
  const { isTTY, columns, rows } = process.stderr
  const size = isTTY ? { COLUMNS: `${columns}`, LINES: `${rows}` } : {} // the bar is drawn into a pipe, and forwarded to our terminal
  const bar = isTTY ? ['--bar'] : []
  const fifo = openFifo(join(directory, 'stdout.fifo'))
  const epochs = values.epochs ? ['--epochs', values.epochs] : []
  const child = spawn(process.execPath, [script, directory, '--model', model, ...epochs, ...bar], {
    env: { ...process.env, ...size, RANKLOG_RANK: 'none' }, // starts a job of its own, even if a launcher started this process
    stdio: ['ignore', fifo.writeFd, 'pipe', 'ipc'],
  })
  fifo.closeWriter()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const sent: Sent[] = []
  child.on('message', (message: { sent: Sent }) => sent.push(message.sent))
  const ended = [once(child, 'exit'), once(child, 'disconnect')]
  if (process.stdout.isTTY) show(fifo.reader)
  else fifo.reader.pipe(process.stdout, { end: false })
  child.stderr?.pipe(process.stderr, { end: false })
  for (const [name, from] of [
    ['stdout', fifo.reader],
    ['stderr', child.stderr],
  ] as const) {
    const copy = from?.pipe(createWriteStream(join(directory, `${name}.log`)))
    if (copy) ended.push(once(copy, 'close'))
  }
  await Promise.all(ended)
  sent.sort((a, b) => a.rank - b.rank)
  await writeFile(join(directory, 'run.json'), JSON.stringify({ exit: child.exitCode, sent }))
}

/** Shows the records of the ranks on a terminal, in a form for people. */
function show(records: Readable): void {
  const screen = new DemoScreen(process.stdout)
  const lines = createInterface({ input: records })
  lines.on('line', (line) => screen.take(line)).on('close', () => screen.end())
}

async function readRun(directory: string): Promise<Run> {
  const read = (name: string) => readFile(join(directory, name), 'utf8').catch(() => '')
  const { exit, sent } = JSON.parse(await read('run.json')) as Pick<Run, 'exit' | 'sent'>
  const manifests = readManifests(directory)
  const split = await Promise.all(manifests.map(async ({ files }) => (await Promise.all(files.map(read))).join('')))
  const [file = '', stdout = '', stderr = ''] = await Promise.all(['train.log', 'stdout.log', 'stderr.log'].map(read))
  return { exit, sent, file, split, manifests, events: await readEventFiles(directory), stdout, stderr }
}

async function readEventFiles(directory: string): Promise<TensorboardEvent[]> {
  const found: TensorboardEvent[] = []
  for (const name of await readdir(directory)) {
    if (!name.startsWith('events.out.tfevents.')) continue
    for await (const event of readEvents(join(directory, name))) found.push(event)
  }
  return found
}

function table({ sent, sinks }: RunReport): string {
  const rows = [
    ['', ...sent.map((_, rank) => `rank ${rank}`), 'torn', 'lost', 'twice', 'stray'],
    ['sent', ...sent],
    ...sinks.map(({ sink, found, torn, lost, twice, stray }) => [sink, ...found, torn, lost, twice, stray]),
  ]
  return rows
    .map(([head, ...cells]) => `${head}`.padEnd(18) + cells.map((cell) => `${cell}`.padStart(8)).join(''))
    .join('\n')
}

/** Returns the last sentence of the report. */
function orderText({ late, sinks }: RunReport): string {
  if (late === 0) return 'stdout: all records are in order of time'
  const records = sinks.find(({ sink }) => sink === 'stdout')?.found.reduce((sum, count) => sum + count, 0) ?? 0
  const came = late === 1 ? 'record came' : 'records came'
  return `stdout: ${late} of ${records} ${came} after a later one; the others are in order of time`
}

const directory = values.check ?? join('runs', new Date().toISOString().replace(/[-:]|\..*/g, ''))
if (!values.check) await train(directory)
const report = checkRun(await readRun(directory), minAccuracy)
console.log(`\n${table(report)}\n`)
console.log(orderText(report))
for (const problem of report.problems) console.log(`problem: ${problem}`)
console.log(`written to ${relative('', directory)}: train.log, train.rank-N.log, stdout.log, stderr.log`)
console.log(`see its curves: tensorboard --logdir ${relative('', directory)}`)
process.exitCode = report.problems.length ? 1 : 0
