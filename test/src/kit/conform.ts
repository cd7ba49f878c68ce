import { join } from 'node:path'
import t from 'tap'
import { type Death, endings } from './death.ts'
import { runRanks } from './ranks.ts'
import { sharedPipe } from './shared-pipe.ts'
import type { LoggerKind, Sink } from './sink.ts'
import { tally } from './tally.ts'

/**
 * Returns the number of records of a rank. A rank with a natural exit logs more bytes than a pipe and pino's channel to its
 * worker can buffer together, unless its lines are 'short'. The others log less, but still many batches.
 */
const countFor = (death: Death) => (death === 'natural exit' ? 5000 : 2000)
const kinds: readonly LoggerKind[] = ['stream', 'target', 'target, thread', 'pure JSON']

/**
 * Tests the contract of every sink. The real processes of a job log at once, and each dies in a different way. No line is torn,
 * lost or repeated, and the lines of each rank are in order.
 */
export function conform(sink: Sink): void {
  const deaths = sink.survives
  const ranks = deaths.length
  const counts = deaths.map(countFor)
  for (const kind of kinds) {
    t.test(
      `${sink.name}, ${kind}: no line of ${ranks} ranks is lost, torn or repeated, though each dies in a different way`,
      async (t) => {
        const dir = t.testdir()
        const pipe = sink.stdout ? await sharedPipe(t, dir, join(dir, 'stdout.log')) : undefined
        const args = [sink.module, kind, dir, JSON.stringify(deaths), JSON.stringify(counts)]
        const exits = await runRanks(t, 'conforming-rank', { ranks, args, ...(pipe && { stdout: pipe.fd }) })
        await pipe?.close()
        for (const [rank, death] of deaths.entries()) {
          const { code, signal, stderr = '' } = exits[rank] ?? {}
          t.strictSame([code, signal], endings[death], lastLine(stderr))
        }
        const { lost, ...others } = await tally(sink.readBack(dir), counts, sink.lengths)
        t.strictSame(others, { found: counts.reduce((sum, count) => sum + count, 0), torn: 0, twice: 0, disordered: 0 })
        for (const [rank, death] of deaths.entries()) t.equal(lost[rank], 0, `lines lost by the rank with ${death}`)
      },
    )
  }
}

function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1) || 'its end'
}
