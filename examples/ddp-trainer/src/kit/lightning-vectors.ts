import { readFileSync } from 'node:fs'
import type { LogOptions } from '../metrics/log-options.ts'
import type { Row } from '../metrics/metrics.ts'

/** A log() call of a scenario. Its value is c + r·rank + e·epoch + b·batchIdx + d·dataloaderIdx. */
export interface ScenarioLog {
  fx: string
  name: string
  value: Partial<Record<'c' | 'r' | 'e' | 'b' | 'd', number>>
  opts?: Record<string, unknown>
  where?: 'callback'
  /** The ranks that log. All, if it is not given. */
  ranks?: number[]
  batch_size_by_rank?: number[][]
}

/** What callbacks saw at a hook. */
export interface Seen {
  hook: string
  epoch: number
  batch_idx: number | null
  global_step: number
  callback: Row
  logged: Row
  progress_bar: Row
}

export interface Scenario {
  scenario: string
  about: string
  world_size: number
  entry: 'fit' | 'validate' | 'test'
  config: Record<string, number>
  train: { n: number; batch_size: number }
  val: { n: number; batch_size: number }[]
  logs: ScenarioLog[]
  /** The epoch and batch in which the training is asked to stop. */
  stop_at?: [epoch: number, batchIdx: number]
  logged_by_rank: unknown[][]
  expected_csv_rows: Row[]
  end_by_rank: (Omit<Seen, 'hook' | 'epoch' | 'batch_idx'> & { current_epoch: number })[]
  seen_by_rank?: Seen[][]
  returned_by_rank?: Row[][]
}

/** Returns a file of `fixtures/lightning`. NaN and infinity are strings there. */
export function readVector<T>(name: string): T {
  const text = readFileSync(new URL(`../../fixtures/lightning/${name}.json`, import.meta.url), 'utf8')
  const numbers: Record<string, number> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY }
  return JSON.parse(text, (_, value) => numbers[value] ?? value)
}

/** Returns 'onTrainStart' for 'on_train_start'. */
export function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Returns the options of a call under the names of this trainer. Lightning's default of `sync_dist` is false. */
export function logOptions(opts: Record<string, unknown> = {}): LogOptions {
  const renamed = Object.entries({ sync_dist: false, ...opts }).map(([name, value]) => [camelCase(name), value])
  return Object.fromEntries(renamed)
}
