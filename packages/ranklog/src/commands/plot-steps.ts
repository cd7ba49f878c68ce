import { LineTime, recordIn } from 'pino-rank-merge/core'
import { InputError } from '../cli/index.ts'
import { InputFiles, type ReadFailure, type TimeNames } from '../files/index.ts'
import type { RankTail } from './rank-tail.ts'
import { StepLog, type StepRecord } from './step-log.ts'

/** Number of parts that the run is divided into. More would not be visible. */
const parts = 120

/** The figures of a rank in one part of the run. */
interface Point {
  rank: string
  /** First step of the part. */
  step: number
  /** The step after the last step of the part. */
  end: number
  /** Mean time of a step, in ms. */
  stepMs?: number
  /** How much later than the first rank it logged its steps, in ms, on average. */
  lagMs?: number
}

/**
 * Returns a chart of the step time over the run, and of the lag of each rank, as SVG. Reads the whole logs.
 *
 * @param onFailure called with each file that could not be read to its end
 * @throws {InputError} if Vega is not installed, or no rank logged two steps
 */
export async function plotSteps(
  tails: readonly RankTail[],
  names: TimeNames,
  onFailure: (failure: ReadFailure) => void,
): Promise<string> {
  const { parse, View, compile } = await loadVega()
  const times = await Promise.all(tails.map((tail) => stepTimes(tail, names.of(tail.source), onFailure)))
  const points = pointsOf(
    tails.map(({ label }) => label),
    times,
  )
  if (!points.some(({ stepMs }) => stepMs !== undefined))
    throw new InputError(
      '--plot: no rank has logged two steps',
      'log records with the field step: log.info({ step, … })',
    )
  const { spec } = compile(chart(points, tails.length) as never)
  return new View(parse(spec), { renderer: 'none' }).toSVG()
}

/** Loads the plotting libraries. They are optional, because they are much larger than ranklog itself. */
async function loadVega() {
  try {
    const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
    return { parse, View, compile }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new InputError(
      '--plot: vega and vega-lite are not installed',
      'run npm install vega@6 vega-lite@6 (with --global if ranklog is installed globally)',
    )
  }
}

/** Returns the time of the first record of each step in a log. Ignores an earlier run in the same files. */
async function stepTimes(
  tail: RankTail,
  timeName: string,
  onFailure: (failure: ReadFailure) => void,
): Promise<ReadonlyMap<number, number>> {
  const { files, isStream, manifests } = tail.source
  const input = new InputFiles(files, isStream)
  const since = tail.manifest ? tail.start() : 0
  const pids = new Set<unknown>(manifests.map(({ pid }) => pid))
  const lineTime = new LineTime(timeName)
  const steps = new StepLog()
  for await (const line of linesOf(input)) {
    if (!line.includes('"step"')) continue
    const record = recordIn(line) as (StepRecord & object) | undefined
    const time = record && lineTime.of(record)
    if (record && time !== undefined && (time >= since || pids.has(record.pid))) steps.take(record, time)
  }
  for (const failure of input.failures) onFailure(failure)
  return steps.times
}

async function* linesOf(input: InputFiles): AsyncGenerator<string> {
  const room = Buffer.allocUnsafe(2 ** 16)
  const decoder = new TextDecoder()
  let tail = ''
  for (let read = await input.read(room); read > 0; read = await input.read(room)) {
    const lines = (tail + decoder.decode(room.subarray(0, read), { stream: true })).split('\n')
    tail = lines.pop() as string
    yield* lines
  }
}

function pointsOf(labels: readonly string[], times: readonly ReadonlyMap<number, number>[]): Point[] {
  const firsts = new Map<number, number>()
  for (const steps of times)
    for (const [step, time] of steps) firsts.set(step, Math.min(time, firsts.get(step) ?? Infinity))
  const all = [...firsts.keys()].sort((a, b) => a - b)
  const width = Math.max(1, Math.ceil(all.length / parts))
  const points: Point[] = []
  for (let start = 0; start < all.length; start += width) {
    const within = all.slice(start, start + width)
    const [step, next] = [within[0] as number, all[start + width]]
    const end = next ?? (within.at(-1) as number) + 1
    times.forEach((steps, source) => {
      const here = within.flatMap((step) => steps.get(step) ?? [])
      if (here.length === 0) return
      const lagMs = mean(
        within.flatMap((step) => (steps.has(step) ? [(steps.get(step) as number) - (firsts.get(step) as number)] : [])),
      )
      const after = next === undefined ? undefined : steps.get(next)
      const stepMs = after === undefined ? undefined : (after - (here[0] as number)) / (end - step)
      points.push({ rank: labels[source] as string, step, end, lagMs, ...(stepMs !== undefined && { stepMs }) })
    })
  }
  return points
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Returns a chart with a line for each rank above, and a row for each rank below. A row is dark where other ranks wait for it. */
function chart(points: readonly Point[], ranks: number): object {
  const x = { field: 'step', type: 'quantitative', title: 'step', scale: { nice: false } }
  const order = [...new Set(points.map(({ rank }) => rank))]
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    data: { values: points },
    vconcat: [
      {
        title: 'Time of a step',
        width: 800,
        height: 200,
        mark: { type: 'line', strokeWidth: 1, opacity: 0.7 },
        encoding: {
          x,
          y: { field: 'stepMs', type: 'quantitative', title: 'ms' },
          color: {
            field: 'rank',
            type: 'nominal',
            sort: order,
            legend: ranks > 16 ? null : { title: 'rank' },
            scale: { scheme: 'tableau20' },
          },
        },
      },
      {
        title: 'How much later than the first rank each rank logged its steps',
        width: 800,
        height: Math.max(60, Math.min(600, 16 * ranks)),
        mark: 'rect',
        encoding: {
          x: { ...x, bin: 'binned' },
          x2: { field: 'end' },
          y: { field: 'rank', type: 'nominal', sort: order, title: 'rank' },
          color: {
            field: 'lagMs',
            type: 'quantitative',
            title: 'ms later',
            scale: { scheme: 'viridis', reverse: true },
          },
        },
      },
    ],
  }
}
