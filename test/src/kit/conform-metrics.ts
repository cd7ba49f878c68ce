import t, { type Test } from 'tap'
import { abruptDeaths, type Death, endings, gentleDeaths } from './death.ts'
import type { MetricRun, MetricSink } from './metric-sink.ts'
import { runRanks } from './ranks.ts'
import type { LoggerKind } from './sink.ts'

const kinds: readonly LoggerKind[] = ['stream', 'target', 'pure JSON']
/** The deaths of the ranks of a job. After the last two a rank may lose a record: the last, which it has not flushed. */
const deaths: readonly Death[] = [...gentleDeaths, 'SIGKILL', 'SIGTERM, unhandled']
const count = 1500 // the binary files take more than one batch of 64 KiB

/** The end of a run after each death in which the process can still write. */
const ends: Partial<Record<Death, MetricRun['end']>> = {
  'natural exit': 'finished',
  'process.exit': 'failed',
  exception: 'failed',
  rejection: 'failed',
  SIGTERM: 'killed',
}

/**
 * Tests the contract of every metric sink. The real processes of a job log at once, a run each, and each dies in a different
 * way. Every record is read back once and in order, with the right end of its run. By default only rank 0 has a run.
 */
export function conformMetrics(sink: MetricSink): void {
  for (const kind of kinds) {
    t.test(
      `${sink.name}, ${kind}: ${deaths.length} ranks die in different ways, and each run is complete`,
      async (t) => {
        const runs = await run(t, sink, kind, { open: '*', deaths, count })
        t.equal(runs.length, deaths.length)
        for (const [rank, death] of deaths.entries()) {
          const own = runs.filter(({ losses }) => (losses[0]?.[1] ?? NaN) % 1 === rank / 8)
          const kept = abruptDeaths.includes(death) ? count - 1 : count
          const end = sink.ends.find((end) => end === ends[death])
          t.strictSame(
            own.map((run) => ({ wrong: wrongIn(run, rank, kept), end: run.end })),
            [{ wrong: 0, end }],
            death,
          )
        }
      },
    )
    t.test(`${sink.name}, ${kind}: by default only rank 0 has a run`, async (t) => {
      const runs = await run(t, sink, kind, { deaths: ['natural exit', 'natural exit'], count: 100 })
      t.strictSame([runs.length, runs[0]?.losses.length, (runs[0]?.losses[7]?.[1] ?? NaN) % 1], [1, 100, 0])
    })
  }
}

interface Job {
  /** The ranks that have a run. @default those of the sink */
  open?: string
  /** The death of each rank. */
  deaths: readonly Death[]
  /** Records of each rank. */
  count: number
}

async function run(t: Test, sink: MetricSink, kind: LoggerKind, { open, deaths, count }: Job): Promise<MetricRun[]> {
  const dir = t.testdir()
  const served = await sink.serve?.()
  if (served) t.teardown(() => served.stop())
  const gate = open === undefined ? {} : { ranks: open }
  const args = [
    sink.module,
    kind,
    ...[gate, sink.options(dir), deaths].map((given) => JSON.stringify(given)),
    `${count}`,
  ]
  const exits = await runRanks(t, 'metric-rank', { ranks: deaths.length, args, ...(served && { env: served.env }) })
  for (const [rank, death] of deaths.entries()) {
    const { code, signal, stderr = '' } = exits[rank] ?? {}
    t.strictSame([code, signal], endings[death], stderr.slice(-500))
  }
  return sink.runs(dir, served)
}

/** Returns the number of wrong records: those of the first `kept` that are missing or out of place, and those beyond `count`. */
function wrongIn({ losses }: MetricRun, rank: number, kept: number): number {
  let wrong = Math.max(0, losses.length - count)
  for (let at = 0; at < kept; at++) {
    const [step, value] = losses[at] ?? []
    if (step !== at || value !== at + rank / 8) wrong++
  }
  return wrong
}
