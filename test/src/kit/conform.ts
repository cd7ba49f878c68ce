import { join } from 'node:path'
import t from 'tap'
import { type Death, endings } from './death.ts'
import { runRanks } from './ranks.ts'
import { sharedPipe } from './shared-pipe.ts'
import type { Sink, Way } from './sink.ts'
import { tally } from './tally.ts'

const ranks = 8

/** Records of each rank: all 20,000 before every death, and once through a worker, however it is asked for. */
const counts: Record<Way, (death: Death) => number> = {
  stream: () => 20_000,
  target: () => 20_000,
  'target, thread': inWorker,
  'pure JSON': inWorker,
}

function inWorker(death: Death): number {
  return death === 'natural exit' ? 20_000 : 2_000
}

/**
 * The contract of every sink: 8 real processes log at once and die; every line parses, none is lost, none is there
 * twice, and each rank's are in order.
 */
export function conform(sink: Sink): void {
  t.setTimeout(300_000)
  for (const way of waysOf(sink)) {
    for (const death of sink.survives) {
      const count = (sink.inWorker ? inWorker : counts[way])(death)
      t.test(`${sink.name}, ${way}: 8 ranks × ${count} records, then ${death}`, async (t) => {
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

/** A sink that always runs in pino's worker runs the same way with `thread: true`, so that way is left out. */
function waysOf({ inWorker = false }: Sink): Way[] {
  const ways = Object.keys(counts) as Way[]
  return inWorker ? ways.filter((way) => way !== 'target, thread') : ways
}

function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1) || 'its end'
}
