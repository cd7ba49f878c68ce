import t, { type Test } from 'tap'
import { type Death, endings, gentleDeaths } from './death.ts'
import type { MetricRun, MetricSink } from './metric-sink.ts'
import { runRanks } from './ranks.ts'
import type { LoggerKind } from './sink.ts'

/** Returns the number of ranks. Eight ranks in one case are enough: whether each has its own run does not depend on the case. */
const ranksFor = (kind: LoggerKind, death: Death) => (kind === 'stream' && death === 'natural exit' ? 8 : 2)
const kinds: readonly LoggerKind[] = ['stream', 'target', 'pure JSON']

/** The end of a run after each death in which the process can still write. */
const ends: Partial<Record<Death, MetricRun['end']>> = {
  'natural exit': 'finished',
  'process.exit': 'failed',
  exception: 'failed',
  rejection: 'failed',
  SIGTERM: 'killed',
}

/**
 * Tests the contract of every metric sink. Real processes log at once, a run each, and die. Every record is read back
 * once and in order, with the right end of its run. By default only rank 0 has a run.
 */
export function conformMetrics(sink: MetricSink): void {
  for (const kind of kinds) {
    for (const death of [...gentleDeaths, 'SIGKILL'] as const) {
      const count = kind === 'pure JSON' ? 2000 : 3000 // more than one batch of 64 KiB
      const ranks = ranksFor(kind, death)
      t.test(`${sink.name}, ${kind}: ${ranks} runs × ${count} records, then ${death}`, async (t) => {
        const runs = await run(t, sink, kind, '*', { ranks, death, count })
        const kept = death === 'SIGKILL' ? count - 1 : count
        const end = sink.ends.find((end) => end === ends[death])
        t.strictSame(
          verdicts(runs, kept),
          Array.from({ length: ranks }, () => ({ wrong: 0, end })),
        )
      })
    }
    t.test(`${sink.name}, ${kind}: by default only rank 0 has a run`, async (t) => {
      const runs = await run(t, sink, kind, '0', { ranks: 2, death: 'natural exit', count: 100 })
      t.strictSame([runs.length, runs[0]?.losses.length, (runs[0]?.losses[7]?.[1] ?? NaN) % 1], [1, 100, 0])
    })
  }
}

interface Job {
  ranks: number
  death: Death
  /** Records of each rank. */
  count: number
}

async function run(t: Test, sink: MetricSink, kind: LoggerKind, open: string, { ranks, death, count }: Job) {
  const dir = t.testdir()
  const served = await sink.serve?.()
  if (served) t.teardown(() => served.stop())
  const args = [sink.module, kind, open, JSON.stringify(sink.options(dir)), death, String(count)]
  const exits = await runRanks(t, 'metric-rank', { ranks, args, ...(served && { env: served.env }) })
  for (const { code, signal, stderr } of exits) t.strictSame([code, signal], endings[death], stderr.slice(-500))
  return sink.runs(dir, served)
}

/** Returns for each run how many of its first `kept` records are not in their place, and how it ended. */
function verdicts(runs: MetricRun[], kept: number): { wrong: number; end: MetricRun['end'] }[] {
  const seen = new Set<number>()
  return runs.map(({ losses, end }) => {
    const rank = 8 * ((losses[0]?.[1] ?? 0) % 1)
    const twice = seen.has(rank) ? 1 : 0
    seen.add(rank)
    let wrong = twice + Math.max(0, losses.length - kept - 1)
    for (let at = 0; at < kept; at++) {
      const [step, value] = losses[at] ?? []
      if (step !== at || value !== at + rank / 8) wrong++
    }
    return { wrong, end }
  })
}
