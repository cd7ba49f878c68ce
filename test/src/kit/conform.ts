import { join } from 'node:path'
import t from 'tap'
import { endings } from './death.ts'
import { runRanks } from './ranks.ts'
import { sharedPipe } from './shared-pipe.ts'
import type { LoggerKind, Sink } from './sink.ts'
import { tally } from './tally.ts'

/**
 * The records of each rank: 5 MB, more than a pipe and the 4 MiB of pino's channel to its worker hold, and some lines that
 * are longer than a batch. With 'short' lines it is 1 MB.
 */
const count = 5_000
const kinds: readonly LoggerKind[] = ['stream', 'target', 'target, thread', 'pure JSON']

/**
 * Tests the contract of every sink. The real processes of a job log at once, and each dies in another way. No line is torn,
 * lost or repeated, and the lines of each rank are in order.
 */
export function conform(sink: Sink): void {
  const deaths = sink.survives
  const ranks = deaths.length
  for (const kind of kinds) {
    t.test(`${sink.name}, ${kind}: ${ranks} ranks × ${count} records, each with another death`, async (t) => {
      const dir = t.testdir()
      const pipe = sink.stdout ? await sharedPipe(t, dir, join(dir, 'stdout.log')) : undefined
      const args = [sink.module, kind, dir, JSON.stringify(deaths), String(count)]
      const exits = await runRanks(t, 'conforming-rank', { ranks, args, ...(pipe && { stdout: pipe.fd }) })
      await pipe?.close()
      for (const [rank, death] of deaths.entries()) {
        const { code, signal, stderr = '' } = exits[rank] ?? {}
        t.strictSame([code, signal], endings[death], lastLine(stderr))
      }
      const { lost, ...others } = await tally(sink.readBack(dir), ranks, count, sink.lengths)
      t.strictSame(others, { found: ranks * count, torn: 0, twice: 0, disordered: 0 })
      for (const [rank, death] of deaths.entries()) t.equal(lost[rank], 0, `lines lost by the rank with ${death}`)
    })
  }
}

function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1) || 'its end'
}
