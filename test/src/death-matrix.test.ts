import { existsSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { type Death, deaths, endings, gentleDeaths } from './kit/death.ts'
import { runRanks } from './kit/ranks.ts'
import type { Sink, Way } from './kit/sink.ts'
import { sink as file } from './kit/sinks/file.ts'
import { sink as split } from './kit/sinks/split.ts'

/**
 * Death × way of building × flush setting, with real processes: how many of 401 records are in the file, at least. The
 * record 300 is an error, the last words are record 400.
 */
const program = 'dying-logger'
const [all, upToTheError, whatever] = [401, 301, 0]

/** `sudden`: what survives SIGKILL and abort where the sink runs on the main thread. In a worker nothing is promised then. */
const settings: Record<string, { options: object; sudden: number }> = {
  defaults: { options: {}, sudden: upToTheError },
  'flushBytes 1': { options: { flushBytes: 1 }, sudden: all },
  'flushLevel silent': { options: { flushLevel: 'silent', flushMs: 60_000 }, sudden: whatever },
  'fsync flush': { options: { fsync: 'flush' }, sudden: upToTheError },
}
const ways: readonly Way[] = ['stream', 'target', 'target, thread', 'pure JSON']
const inWorker: readonly Way[] = ['target, thread', 'pure JSON']

async function found(t: Test, sink: Sink, way: Way, death: Death, options: object): Promise<number[]> {
  const dir = t.testdir()
  const args = [sink.module, way, dir, death, JSON.stringify(options)]
  const [exit] = await runRanks(t, program, { ranks: 1, args })
  t.strictSame([exit?.code, exit?.signal], endings[death])
  const [path = ''] = sink.readBack(dir)
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : ['']
  t.equal(lines.pop(), '', 'whole lines only')
  return lines.map((line) => JSON.parse(line).seq)
}

for (const sink of [file, split]) {
  for (const [setting, { options, sudden }] of Object.entries(settings)) {
    t.test(`${sink.name}, ${setting}`, { jobs: 4 }, async (t) => {
      for (const way of ways) {
        for (const death of deaths) {
          const least = gentleDeaths.includes(death) ? all : inWorker.includes(way) ? whatever : sudden
          t.test(`${way}, ${death}: at least ${least}`, async (t) => {
            const seqs = await found(t, sink, way, death, options)
            t.ok(seqs.length >= least, `${seqs.length} found`)
            t.strictSame(
              seqs,
              Array.from({ length: seqs.length }, (_, seq) => seq),
              'the oldest, in order',
            )
          })
        }
      }
    })
  }
}

for (const sink of [file, split]) {
  for (const way of ['stream', 'target'] as const) {
    t.test(
      `${sink.name}, ${way}, handleSignals: a SIGTERM that the program does not handle takes nothing`,
      async (t) => {
        const seqs = await found(t, sink, way, 'SIGTERM, unhandled', { handleSignals: true, flushMs: 600_000 })
        t.strictSame(
          seqs,
          Array.from({ length: all }, (_, seq) => seq),
        )
      },
    )
  }
}
