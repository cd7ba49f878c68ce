import { join } from 'node:path'
import t from 'tap'
import { endings } from './death.ts'
import { runRanks } from './ranks.ts'
import { sharedPipe } from './shared-pipe.ts'
import type { Sink, Way } from './sink.ts'
import { tally } from './tally.ts'

/** Eight ranks, and more bytes than each buffer on the way holds, once for each way of building the logger. */
const crowd = { ranks: 8, count: 20_000 }
/** Before the other deaths: fewer, but still many batches, and lines that are longer than a batch or a pipe. */
const few = { ranks: 4, count: 2_000 }
const ways: readonly Way[] = ['stream', 'target', 'target, thread', 'pure JSON']

/**
 * The contract of every sink: real processes log at once and die; every line parses, none is lost, none is there
 * twice, and each rank's are in order.
 */
export function conform(sink: Sink): void {
  t.setTimeout(300_000)
  for (const way of ways) {
    for (const death of sink.survives) {
      const { ranks, count } = death === 'natural exit' ? crowd : few
      t.test(`${sink.name}, ${way}: ${ranks} ranks × ${count} records, then ${death}`, async (t) => {
        const dir = t.testdir()
        const pipe = sink.stdout ? await sharedPipe(t, dir, join(dir, 'stdout.log')) : undefined
        const args = [sink.module, way, dir, death, String(count)]
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
