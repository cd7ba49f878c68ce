// Compares the rows and metrics of this trainer with those of Lightning 2.6.1; see fixtures/README.md.
import { readdirSync } from 'node:fs'
import t from 'tap'
import { camelCase, readVector, type Scenario } from '../kit/lightning-vectors.ts'
import { NoTensors } from '../kit/no-tensors.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { loaderOf, ScenarioCallback, ScenarioModule, state } from '../kit/scenario-module.ts'
import type { Row } from '../metrics/metrics.ts'
import { silentLogger } from './pino-logger.ts'

const folder = new URL('../../fixtures/lightning/', import.meta.url)
const scenarios = readdirSync(folder)
  .map((name) => name.replace('.json', ''))
  .filter((name) => !['hooks', 'misuse'].includes(name))

/** Values that differ on purpose; docs/logging.md says why. */
const differences: Record<string, (row: Row) => Row> = {
  uneven_pad: (row) => ({ ...row, ...(row.v_sync !== undefined && { v_sync: Math.fround(195 / 7) }) }),
  batch_size_arg: (row) => ({ ...row, ...(row.m_sync !== undefined && { m_sync: Math.fround(262 / 7) }) }),
  values: (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Math.fround(value)])),
}

/** Calls whose batch size differs on purpose: a validation repeats no sample. */
function expectedCalls(name: string, rank: number, calls: readonly unknown[][]): readonly unknown[][] {
  if (name !== 'uneven_pad' || rank === 0) return calls
  const isRepeated = ([fx, , batchIdx]: readonly unknown[]) => fx === 'validation_step' && batchIdx === 1
  return calls.map((call) => (isRepeated(call) ? call.with(6, 1) : call))
}

for (const name of scenarios) {
  const scenario = readVector<Scenario>(name)
  t.test(`${name}: ${scenario.about || 'limits'}`, async (t) => {
    const rows: Row[] = []
    const logger = {
      ...silentLogger,
      logMetrics: (metrics: Row, step: number, epoch?: number) =>
        rows.push({ ...metrics, step, ...(epoch !== undefined && { epoch }) }),
    }
    const config = Object.fromEntries(Object.entries(scenario.config).map(([key, value]) => [camelCase(key), value]))
    const callbacks = Array.from({ length: scenario.world_size }, () => new ScenarioCallback(scenario))
    const ranks = trainers(t, scenario.world_size, (rank) => ({
      ...config,
      logger: rank === 0 ? logger : silentLogger,
      strategy: new NoTensors(),
      callbacks: [callbacks[rank] as ScenarioCallback],
      progressBar: 'none',
    }))
    const modules = ranks.map(() => new ScenarioModule(scenario))
    const val = scenario.val.map(loaderOf)
    const returned = await Promise.all(
      ranks.map((trainer, rank) => {
        const module = modules[rank] as ScenarioModule
        if (scenario.entry !== 'fit') return trainer[scenario.entry](module, val)
        return trainer.fit(module, loaderOf(scenario.train), val)
      }),
    )

    const expected = differences[name] ?? ((row) => row)
    t.strictSame(rows, scenario.expected_csv_rows.map(expected), 'rows')
    for (const [rank, trainer] of ranks.entries()) {
      const calls = expectedCalls(name, rank, scenario.logged_by_rank[rank] as unknown[][])
      t.strictSame(modules[rank]?.calls, calls, `calls of rank ${rank}`)
      const { callback, logged, progress_bar, ...counts } = scenario.end_by_rank[rank] as Scenario['end_by_rank'][0]
      const end = { callback: expected(callback), logged: expected(logged), progress_bar: expected(progress_bar) }
      t.strictSame(
        { ...state(trainer), current_epoch: trainer.currentEpoch },
        { ...end, ...counts },
        `end of rank ${rank}`,
      )
      t.strictSame(callbacks[rank]?.seen, scenario.seen_by_rank?.[rank] ?? [], `seen by rank ${rank}`)
    }
    if (scenario.returned_by_rank) t.strictSame(returned, scenario.returned_by_rank, 'returned')
  })
}
