import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Death, deaths, endings, gentleDeaths } from './kit/death.ts'
import { runRanks } from './kit/ranks.ts'
import type { Sink, Way } from './kit/sink.ts'
import { sink as file } from './kit/sinks/file.ts'
import { sink as split } from './kit/sinks/split.ts'

/**
 * Death × way of building × flush setting, with real processes: how many of 401 records are in the file, at least. The
 * record 300 is an error, the last words are record 400. A process has a logger for each flush setting.
 */
const program = 'dying-logger'
const [all, upToTheError] = [401, 301]
/** For `flushBytes: 4096` and lines of at least 60 bytes. */
const allButTheLastBatch = all - Math.floor(4096 / 60)

/** `sudden`: what survives SIGKILL and abort where the sink runs on the main thread. */
const settings: Record<string, { options: object; sudden: number }> = {
  defaults: { options: {}, sudden: upToTheError },
  'flushBytes 1': { options: { flushBytes: 1 }, sudden: all },
  'batches that only their size flushes': {
    options: { flushLevel: 'silent', flushMs: 60_000, flushBytes: 4096 },
    sudden: allButTheLastBatch,
  },
  'fsync flush': { options: { fsync: 'flush' }, sudden: upToTheError },
}
const inWorker: readonly Way[] = ['target, thread', 'pure JSON']
const ways: readonly Way[] = ['stream', 'target', ...inWorker]
const suddenDeaths = deaths.filter((death) => !gentleDeaths.includes(death))

/** Runs the program to its end. @returns the text of the log of each of its loggers */
async function textsAfter(
  t: Test,
  sink: Sink,
  way: Way,
  death: Death,
  options: readonly object[],
  ...when: string[]
): Promise<string[]> {
  const dir = t.testdir()
  const args = [sink.module, way, dir, death, JSON.stringify(options), ...when]
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
async function found(t: Test, sink: Sink, way: Way, death: Death, options: readonly object[]): Promise<number[][]> {
  const texts = await textsAfter(t, sink, way, death, options)
  return texts.map((text) => {
    const lines = text.split('\n')
    t.equal(lines.pop(), '', 'whole lines only')
    return numbersIn(lines)
  })
}

for (const sink of [file, split]) {
  t.test(sink.name, { jobs: 4 }, async (t) => {
    for (const way of ways) {
      for (const death of deaths) {
        const isSudden = suddenDeaths.includes(death)
        if (isSudden && inWorker.includes(way)) continue // docs/survival.md promises no number of lines
        t.test(`${way}, ${death}`, async (t) => {
          const cells = Object.entries(settings)
          const options = cells.map(([, { options }]) => options)
          for (const [at, seqs] of (await found(t, sink, way, death, options)).entries()) {
            const [setting = '', { sudden = all } = {}] = cells[at] ?? []
            const least = isSudden ? sudden : all
            t.ok(seqs.length >= least, `${setting}: ${seqs.length} found, at least ${least}`)
            t.strictSame(seqs, [...seqs.keys()], `${setting}: the oldest, in order`)
          }
        })
      }
    }
  })
}

for (const sink of [file, split]) {
  t.test(
    `${sink.name} in pino's worker: sudden deaths leave whole lines in order, none twice`,
    { jobs: 4 },
    async (t) => {
      for (const way of inWorker) {
        for (const death of suddenDeaths) {
          t.test(`${way}, ${death}`, async (t) => {
            const [text = ''] = await textsAfter(t, sink, way, death, [{}], 'once written')
            const lines = text.split('\n')
            lines.pop() // a writer that is killed within a write may leave a fragment
            const seqs = numbersIn(lines)
            t.ok(seqs.length > 0, 'it died after the first lines were written')
            t.strictSame(seqs, [...seqs.keys()])
          })
        }
      }
    },
  )
}

for (const sink of [file, split]) {
  for (const way of ['stream', 'target'] as const) {
    t.test(
      `${sink.name}, ${way}, handleSignals: a SIGTERM that the program does not handle takes nothing`,
      async (t) => {
        const options = [{ handleSignals: true, flushMs: 600_000 }]
        const [seqs] = await found(t, sink, way, 'SIGTERM, unhandled', options)
        t.strictSame(
          seqs,
          Array.from({ length: all }, (_, seq) => seq),
        )
      },
    )
  }
}
