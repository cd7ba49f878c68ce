import { type GateOptions, openSink } from 'pino-rank/sink'
import { rank } from './rank.ts'
import type { StdoutOptions } from './stdout-options.ts'
import { type StdoutStream, stdoutStream } from './stdout-stream.ts'

/** The target `pino-rank-stdout`. */
export default function stdoutTarget(options: StdoutOptions & GateOptions = {}): StdoutStream {
  return openSink(options, rank, stdoutStream)
}
