import { type GateOptions, givenGateKeys, openSink } from 'pino-rank/sink'
import type { MetricStream } from 'pino-rank-metrics'
import { streamDeclaration } from 'pino-rank-metrics/sink'
import { rank } from './rank.ts'
import { type TensorboardOptions, tensorboardSettings } from './tensorboard-options.ts'
import { runStream } from './tensorboard-stream.ts'

/** The target `pino-tensorboard`. */
export default function tensorboardTarget(options: TensorboardOptions & GateOptions = {}): MetricStream {
  const { exitCode } = options
  return openSink(options, rank, ({ rank: self, open, cwd, ...own }) => {
    return runStream(tensorboardSettings(own, self, givenGateKeys, cwd), streamDeclaration(rank, own), exitCode)
  })
}
