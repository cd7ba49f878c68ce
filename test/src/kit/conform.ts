import { join } from 'node:path'
import t from 'tap'
import { endings } from './death.ts'
import { runRanks } from './ranks.ts'
import { sharedPipe } from './shared-pipe.ts'
import type { LoggerKind, Sink } from './sink.ts'
import { tally } from './tally.ts'

/** For a natural exit: each rank logs 5 MB, more than a pipe and the 4 MiB of pino's channel to its worker hold. */
const crowd = { ranks: 8, count: 8_000 }
/** For the other deaths: fewer records, but still many batches, and lines that are longer than a batch or a pipe. */
const few = { ranks: 2, count: 2_000 }
const kinds: readonly LoggerKind[] = ['stream', 'target', 'target, thread', 'pure JSON']

/**
 * Tests the contract of every sink. Real processes log at once and die. No line is torn, lost or repeated, and the lines
 * of each rank are in order.
 */
export function conform(sink: Sink): void {
  for (const kind of kinds) {
    for (const death of sink.survives) {
      const { ranks, count } = death === 'natural exit' ? crowd : few
      t.test(`${sink.name}, ${kind}: ${ranks} ranks × ${count} records, then ${death}`, async (t) => {
        const dir = t.testdir()
        const pipe = sink.stdout ? await sharedPipe(t, dir, join(dir, 'stdout.log')) : undefined
        const args = [sink.module, kind, dir, death, String(count)]
        const exits = await runRanks(t, 'conforming-rank', { ranks, args, ...(pipe && { stdout: pipe.fd }) })
        await pipe?.close()
        for (const { code, signal, stderr } of exits) t.strictSame([code, signal], endings[death], lastLine(stderr))
        t.strictSame(await tally(sink.readBack(dir), ranks, count, sink.lengths), {
          found: ranks * count,
          torn: 0,
          lost: 0,
          twice: 0,
          disordered: 0,
        })
      })
    }
  }
}

function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1) || 'its end'
}
