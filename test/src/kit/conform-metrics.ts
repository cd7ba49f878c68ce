import t, { type Test } from 'tap'
import { type Death, endings, gentleDeaths } from './death.ts'
import type { MetricRun, MetricSink } from './metric-sink.ts'
import { runRanks } from './ranks.ts'
import type { Way } from './sink.ts'

/** Eight once: each has a run of its own, and neither a death nor a way of building needs a crowd. */
const ranksFor = (way: Way, death: Death) => (way === 'stream' && death === 'natural exit' ? 8 : 2)
const ways: readonly Way[] = ['stream', 'target', 'pure JSON']

/** What each death means to a run, where the process has a last word. */
const ends: Partial<Record<Death, MetricRun['end']>> = {
  'natural exit': 'finished',
  'process.exit': 'failed',
  exception: 'failed',
  rejection: 'failed',
  SIGTERM: 'killed',
}

/**
 * The contract of every metric sink, whose unit is the record: real processes log at once, a run each, and die; every
 * record is read back, once and in order, with the run's true end. By default rank 0 alone has a run; where there is no
 * metric, nobody.
 */
export function conformMetrics(sink: MetricSink): void {
  t.setTimeout(300_000)
  for (const way of ways) {
    for (const death of [...gentleDeaths, 'SIGKILL'] as const) {
      const count = way === 'pure JSON' ? 1000 : 3000
      const ranks = ranksFor(way, death)
      t.test(`${sink.name}, ${way}: ${ranks} runs × ${count} records, then ${death}`, async (t) => {
        const runs = await run(t, sink, way, '*', { ranks, death, count })
        const kept = death === 'SIGKILL' ? count - 1 : count
        const end = sink.ends.find((end) => end === ends[death])
        t.strictSame(
          verdicts(runs, kept),
          Array.from({ length: ranks }, () => ({ wrong: 0, end })),
        )
      })
    }
    t.test(`${sink.name}, ${way}: by default rank 0 alone has a run`, async (t) => {
      const runs = await run(t, sink, way, '0', { ranks: 2, death: 'natural exit', count: 100 })
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

async function run(t: Test, sink: MetricSink, way: Way, open: string, { ranks, death, count }: Job) {
  const dir = t.testdir()
  const served = await sink.serve?.()
  if (served) t.teardown(() => served.stop())
  const args = [sink.module, way, open, JSON.stringify(sink.options(dir)), death, String(count)]
  const exits = await runRanks(t, 'metric-rank', { ranks, args, ...(served && { env: served.env }) })
  for (const { code, signal, stderr } of exits) t.strictSame([code, signal], endings[death], stderr.slice(-500))
  return sink.runs(dir, served)
}

/** Of each run, how many of its first `kept` records are not in their place, and how it ended. */
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
