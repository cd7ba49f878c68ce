import { type GateOptions, givenGateKeys, openSink } from 'pino-rank/sink'
import type { MetricStream } from 'pino-rank-metrics'
import { streamDeclaration } from 'pino-rank-metrics/sink'
import { rank } from './rank.ts'
import { type WandbOptions, wandbSettings } from './wandb-options.ts'
import { runStream } from './wandb-stream.ts'

/** The target `pino-wandb`. */
export default function wandbTarget(options: WandbOptions & GateOptions = {}): MetricStream {
  const { exitCode } = options
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }) => {
    return runStream(wandbSettings(own, self, givenGateKeys, cwd), streamDeclaration(rank, own), exitCode)
  })
}
