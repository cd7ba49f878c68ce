import type { BenchmarkName } from './questions.ts'
import { type Size, scenarioNames } from './settings.ts'

const common: Omit<Size, 'pairs'> = {
  calls: 100_000,
  scenarios: [...scenarioNames],
  steps: 100,
  worldSizes: [8],
  lines: [1, 10, 100],
  records: 500_000,
  seconds: 60,
  minutes: 5,
  runs: 100,
  seed: 1,
}

/** The full sizes. With an even number of rounds, each of two cells is measured first equally often. */
export const fullSizes: Record<BenchmarkName, Size> = {
  gate: { ...common, pairs: 20 },
  job: { ...common, pairs: 6, worldSizes: [1, 4, 8], seconds: 8 },
  writer: { ...common, pairs: 20 },
  memory: { ...common, pairs: 2 },
  soak: { ...common, pairs: 1 },
  metrics: { ...common, pairs: 20 },
  encoder: { ...common, pairs: 20, records: 2_000_000 },
  merge: { ...common, pairs: 10, records: 6_666_667 },
  run: { ...common, pairs: 10 },
  fuzz: { ...common, pairs: 1, minutes: 10 },
  calls: { ...common, pairs: 1, minutes: 10 },
  trainer: { ...common, pairs: 20, steps: 840 },
  kill: { ...common, pairs: 1 },
  collectives: { ...common, pairs: 20, steps: 9, worldSizes: [4] },
  ddp: { ...common, pairs: 20, steps: 100 },
}

const small: Size = {
  pairs: 1,
  calls: 10_000,
  scenarios: [...scenarioNames],
  steps: 20,
  worldSizes: [2],
  lines: [10],
  records: 10_000,
  seconds: 3,
  minutes: 1 / 3,
  runs: 2,
  seed: 1,
}

/** The sizes of `--quick`, which only checks that everything runs. Each benchmark, and each scenario of `job`, takes at most 20 s. */
export const quickSizes: Record<BenchmarkName, Size> = {
  gate: small,
  job: small,
  writer: small,
  memory: small,
  soak: { ...small, worldSizes: [8] },
  metrics: small,
  encoder: small,
  merge: small,
  run: small,
  fuzz: { ...small, minutes: 1 / 20 },
  calls: { ...small, minutes: 1 / 20 },
  trainer: { ...small, steps: 21 },
  kill: small,
  collectives: { ...small, steps: 1 },
  ddp: { ...small, steps: 5 },
}
