import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Death, deaths, endings, gentleDeaths } from './kit/death.ts'
import { runRanks } from './kit/ranks.ts'
import type { LoggerKind, Sink } from './kit/sink.ts'
import { sink as file } from './kit/sinks/file.ts'
import { sink as split } from './kit/sinks/split.ts'

/**
 * Ends real processes in every way, and checks how many of their records are in the file. Each way to build a logger has its own
 * process, which has one logger for each flush setting. Record 300 is an error. The last record, 400, is logged while the process
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

/** Runs the program to its end, and returns the text of each logger's file. */
async function textsAfter(
  t: Test,
  sink: Sink,
  kind: LoggerKind,
  death: Death,
  options: readonly object[],
  ...when: string[]
): Promise<string[]> {
  const dir = t.testdir()
  const args = [sink.module, kind, dir, death, JSON.stringify(options), ...when]
  const [exit] = await runRanks(t, program, { ranks: 1, args })
  t.strictSame([exit?.code, exit?.signal], endings[death])
  return options.map((_, at) => {
    const [path = ''] = sink.readBack(join(dir, String(at)))
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  })
}

/** Returns the numbers of the records in whole lines. */
function numbersIn(lines: readonly string[]): number[] {
  return lines.map((line) => JSON.parse(line).seq)
}

/** Returns the numbers of the records that each logger has in its file. */
async function numbersAfter(t: Test, sink: Sink, kind: LoggerKind, death: Death, options: readonly object[]) {
  const texts = await textsAfter(t, sink, kind, death, options)
  return texts.map((text) => {
    const lines = text.split('\n')
    t.equal(lines.pop(), '', 'whole lines only')
    return numbersIn(lines)
  })
}

for (const sink of [file, split]) {
  t.test(sink.name, { jobs: 4 }, async (t) => {
    for (const kind of kinds) {
      for (const death of deaths) {
        const isSudden = suddenDeaths.includes(death)
        if (isSudden && inWorker.includes(kind)) continue // docs/survival.md promises no number of lines
        t.test(`${kind}, ${death}`, async (t) => {
          const entries = Object.entries(settings)
          const options = entries.map(([, { options }]) => options)
          for (const [at, seqs] of (await numbersAfter(t, sink, kind, death, options)).entries()) {
            const [setting = '', { sudden = all } = {}] = entries[at] ?? []
            const min = isSudden ? sudden : all
            t.ok(seqs.length >= min, `${setting}: ${seqs.length} records found, at least ${min}`)
            t.strictSame(seqs, [...seqs.keys()], `${setting}: the first records, in order`)
          }
        })
      }
    }
  })
}

for (const sink of [file, split]) {
  t.test(
    `${sink.name} in pino's worker: after a sudden death all lines are whole, in order, and there once`,
    { jobs: 4 },
    async (t) => {
      for (const kind of inWorker) {
        for (const death of suddenDeaths) {
          t.test(`${kind}, ${death}`, async (t) => {
            const [text = ''] = await textsAfter(t, sink, kind, death, [{}], 'once written')
            const lines = text.split('\n')
            lines.pop() // a writer that is killed within a write may leave a fragment
            const seqs = numbersIn(lines)
            t.ok(seqs.length > 0, 'the process died after the first lines were written')
            t.strictSame(seqs, [...seqs.keys()])
          })
        }
      }
    },
  )
}

for (const sink of [file, split]) {
  for (const kind of ['stream', 'target'] as const) {
    t.test(
      `${sink.name}, ${kind}, handleSignals: a SIGTERM that the program does not handle loses no record`,
      async (t) => {
        const options = [{ handleSignals: true, flushMs: 600_000 }]
        const [seqs] = await numbersAfter(t, sink, kind, 'SIGTERM, unhandled', options)
        t.strictSame(
          seqs,
          Array.from({ length: all }, (_, seq) => seq),
        )
      },
    )
  }
}
