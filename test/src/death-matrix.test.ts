import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Death, deaths, endings, gentleDeaths } from './kit/death.ts'
import type { DyingLogger } from './kit/programs/dying-logger.ts'
import { runRanks } from './kit/ranks.ts'
import type { LoggerKind, Sink } from './kit/sink.ts'
import { sink as file } from './kit/sinks/file.ts'
import { sink as split } from './kit/sinks/split.ts'

/**
 * Ends real processes in every way, and checks how many of their records are in the file. Each pair of a logger kind and a death
 * has its own process. On the main thread it has a logger for each sink and flush setting, and in a worker one for each flush
 * setting. Record 300 is an error. The last record, 400, is logged while the process
 * ends.
 */
const program = 'dying-logger'
const [all, upToTheError] = [401, 301]
/** Minimum number with `flushBytes: 4096`: the last batch has at most as many lines of 60 bytes, the shortest, as fit into it. */
const allButTheLastBatch = all - Math.floor(4096 / 60)

/**
 * `sudden` is the minimum number of records after SIGKILL and abort, if the sink runs on the main thread. After other deaths there
 * must be all.
 */
const settings: Record<string, { options: object; sudden: number }> = {
  defaults: { options: {}, sudden: upToTheError },
  'flushBytes 1': { options: { flushBytes: 1 }, sudden: all },
  'batches that only their size flushes': {
    options: { flushLevel: 'silent', flushMs: 60_000, flushBytes: 4096 },
    sudden: allButTheLastBatch,
  },
  'fsync flush': { options: { fsync: 'flush' }, sudden: upToTheError },
}
const inWorker: readonly LoggerKind[] = ['target, thread', 'pure JSON']
const kinds: readonly LoggerKind[] = ['stream', 'target', ...inWorker]
const suddenDeaths = deaths.filter((death) => !gentleDeaths.includes(death))

/** A logger of the program. */
interface Logger {
  sink: Sink
  options: object
}

/** Returns a logger of each sink. */
const ofEachSink = (options: object): Logger[] => [file, split].map((sink) => ({ sink, options }))

/** Runs the program to its end, and returns the text of each logger's file. */
async function textsAfter(t: Test, kind: LoggerKind, death: Death, loggers: readonly Logger[], ...when: string[]) {
  const dir = t.testdir()
  const given: DyingLogger[] = loggers.map(({ sink, options }) => ({ module: sink.module, options }))
  const args = [kind, dir, death, JSON.stringify(given), ...when]
  const [exit] = await runRanks(t, program, { ranks: 1, args })
  t.strictSame([exit?.code, exit?.signal], endings[death])
  return loggers.map(({ sink }, at) => {
    const [path = ''] = sink.readBack(join(dir, String(at)))
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  })
}

/** Returns the numbers of the records in whole lines. */
function numbersIn(lines: readonly string[]): number[] {
  return lines.map((line) => JSON.parse(line).seq)
}

/** Returns the numbers of the records that each logger has in its file. */
async function numbersAfter(t: Test, kind: LoggerKind, death: Death, loggers: readonly Logger[]): Promise<number[][]> {
  const texts = await textsAfter(t, kind, death, loggers)
  return texts.map((text) => {
    const lines = text.split('\n')
    t.equal(lines.pop(), '', 'whole lines only')
    return numbersIn(lines)
  })
}

/**
 * Returns the loggers of a process, one for each sink and setting. A worker starts slowly, so in a worker each setting has only
 * one sink: if 'target, thread' tests it with one sink, 'pure JSON' tests it with the other.
 */
function casesOf(kind: LoggerKind) {
  const own = inWorker.indexOf(kind)
  return Object.entries(settings).flatMap(([setting, { options, sudden }], at) =>
    ofEachSink(options)
      .filter((_, which) => own === -1 || which === (at + own) % 2)
      .map((logger) => ({ ...logger, sudden, name: `${logger.sink.name}, ${setting}` })),
  )
}

t.test('the file has at least the records that docs/survival.md promises', { jobs: 4 }, async (t) => {
  for (const kind of kinds) {
    for (const death of deaths) {
      const isSudden = suddenDeaths.includes(death)
      if (isSudden && inWorker.includes(kind)) continue // docs/survival.md promises no number of lines
      t.test(`${kind}, ${death}`, async (t) => {
        const cases = casesOf(kind)
        const numbers = await numbersAfter(t, kind, death, cases)
        for (const [at, { name, sudden }] of cases.entries()) {
          const seqs = numbers[at] ?? []
          const min = isSudden ? sudden : all
          t.ok(seqs.length >= min, `${name}: ${seqs.length} records found, at least ${min}`)
          t.strictSame(seqs, [...seqs.keys()], `${name}: the first records, in order`)
        }
      })
    }
  }
})

t.test(
  "in pino's worker: after a sudden death all lines are whole, in order, and there once",
  { jobs: 4 },
  async (t) => {
    for (const kind of inWorker) {
      for (const death of suddenDeaths) {
        t.test(`${kind}, ${death}`, async (t) => {
          const texts = await textsAfter(t, kind, death, ofEachSink({}), 'once written')
          for (const [at, { name }] of [file, split].entries()) {
            const lines = texts[at]?.split('\n') ?? []
            lines.pop() // a writer that is killed within a write may leave a fragment
            const seqs = numbersIn(lines)
            t.ok(seqs.length > 0, `${name}: the process died after the first lines were written`)
            t.strictSame(seqs, [...seqs.keys()], name)
          }
        })
      }
    }
  },
)

for (const kind of ['stream', 'target'] as const) {
  t.test(`${kind}, handleSignals: a SIGTERM that the program does not handle loses no record`, async (t) => {
    const loggers = ofEachSink({ handleSignals: true, flushMs: 600_000 })
    const expected = Array.from({ length: all }, (_, seq) => seq)
    t.strictSame(await numbersAfter(t, kind, 'SIGTERM, unhandled', loggers), [expected, expected])
  })
}
