import { randomFrom } from '../../packages/ranklog-bench/dist/stats/stats.js'
import { Comparison, type Difference } from './calls/difference.ts'
import { type TestedLogger, testedLoggers } from './calls/our-loggers.ts'
import { type Program, printProgram } from './calls/program.ts'
import { randomProgram } from './calls/random-program.ts'
import { shrink } from './calls/shrink.ts'
import type { Settings } from './settings.ts'
import type { Table } from './table.ts'

const about = `Random programs: options of a logger, and calls of it and of its children, with unusual values. Each program runs on plain
pino and on each of our loggers. Seed N makes the first program, N + 1 the next. A difference is a line (without time and rank), a return
value, an error or a callback that plain pino does not have. If our documents say that a logger differs, plain pino is set up to do the
same.`

interface Counts {
  programs: number
  calls: number
  lines: number
  differences: number
}

/** Checks that our loggers write, return and throw the same as plain pino, for random programs. */
export async function calls({ minutes, seed, dir, onProgress }: Settings): Promise<Table[]> {
  const until = performance.now() + 60_000 * minutes
  const found = await runSeeds(seedsUntil(seed, until, onProgress), dir)
  const rows = testedLoggers.map(({ name, like }) => ({ logger: name, 'like pino': like, ...found.counts.get(name) }))
  const failure = found.failures.length === 0 ? {} : { failure: found.failures.join('\n') }
  return [
    { title: `Calls, ${+minutes.toPrecision(2)} min, seed ${seed}`, about, rows: rows as Table['rows'], ...failure },
  ]
}

function* seedsUntil(first: number, until: number, onProgress: Settings['onProgress']): Generator<number> {
  for (let seed = first; performance.now() < until; seed++) {
    if (seed % 20 === 0) onProgress(`${Math.ceil((until - performance.now()) / 1000)} s left, ${seed - first} programs`)
    yield seed
  }
}

/** Runs the programs of these seeds. Reports the first difference of each logger, with a small program, and then skips that logger. */
export async function runSeeds(
  seeds: Iterable<number>,
  dir: string,
  loggers: readonly TestedLogger[] = testedLoggers,
): Promise<{ counts: Map<string, Counts>; failures: string[] }> {
  const counts = new Map(loggers.map(({ name }) => [name, { programs: 0, calls: 0, lines: 0, differences: 0 }]))
  const failures: string[] = []
  for (const seed of seeds) {
    const program = randomProgram(randomFrom(seed))
    const comparison = new Comparison(program, dir)
    for (const tested of loggers) {
      const count = counts.get(tested.name) as Counts
      if (seed % (tested.every ?? 1) !== 0 || count.differences > 0) continue
      const { outcomes, texts } = await comparison.plain(tested.like === 'worker' ? 'plain' : tested.like)
      count.programs++
      count.calls += outcomes.length
      count.lines += texts.join('').split('\n').length - 1
      const difference = await comparison.differenceOf(tested)
      if (!difference) continue
      count.differences++
      failures.push(await report(program, difference, tested, seed, dir))
    }
  }
  return { counts, failures }
}

/** Describes a difference with the smallest program that has it. If it does not occur again, describes it as it was found. */
async function report(
  program: Program,
  found: Difference,
  tested: TestedLogger,
  seed: number,
  dir: string,
): Promise<string> {
  const differenceOf = async (smaller: Program) => {
    try {
      return await new Comparison(smaller, dir).differenceOf(tested)
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }
  let [small, difference] = [program, found]
  const fails = async (smaller: Program) => {
    const other = await differenceOf(smaller)
    if (other) [small, difference] = [smaller, other]
    return other !== undefined
  }
  await shrink(program, fails)
  const { what, plain, ours } = difference
  return `seed ${seed}, ${tested.name}: ${what}\n  pino: ${plain}\n  ours: ${ours}\n${printProgram(small)}`
}
