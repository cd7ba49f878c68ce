import { type GateOptions, givenGateKeys, openSink, registerSink } from 'pino-rank/sink'
import { rank } from './rank.ts'
import { type StdoutOptions, stdoutSettings } from './stdout-options.ts'
import { StdoutStream } from './stdout-stream.ts'

/** Returns the stream of the pino target `pino-rank-stdout`. */
export default function stdoutTarget(options: StdoutOptions & GateOptions = {}): StdoutStream {
  return openSink(options, rank, ({ rank, open, cwd, ...own }, levels) => {
    return new StdoutStream(stdoutSettings(own, givenGateKeys, levels), rank)
  })
}

registerSink('pino-rank-stdout', rank, stdoutTarget)
