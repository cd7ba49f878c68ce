import type { ResolvedRank } from '../rank/index.ts'
import type { Levels } from '../record/index.ts'
import type { GateOptions, SinkDeclaration } from './declaration.ts'
import { jsonGate } from './json-gate.ts'
import { withoutPinoFields } from './pino-config.ts'

/** The methods that `openSink` needs of a sink's stream. */
export interface SinkStream {
  write(text: string): boolean
  end(text?: string): unknown
}

/**
 * A sink's own options with the resolved rank. `open`: whether it is one of the entry's `ranks`. `cwd`: the folder for relative
 * paths, if it is not the current one.
 */
export type SinkOptions<Options> = Omit<Options, keyof GateOptions> & {
  rank: ResolvedRank
  open?: boolean
  cwd?: string
}

/**
 * Returns the stream that `open` creates, behind this rank's gate. The default export of a transport module returns it. Under
 * `rankLogger` the logger's level is the gate, and the records already have their rank (`gate: false`), so the stream itself is
 * returned. In a transport configured in pure JSON, the worker decides the gate here and filters text. `open` also gets the
 * logger's levels, including custom ones, for options that name a level.
 */
export function openSink<Options extends GateOptions, Stream extends SinkStream>(
  options: Options,
  declaration: SinkDeclaration<never>,
  open: (options: SinkOptions<Options>, levels: Levels) => Stream,
): Stream {
  const { ranks, others, level, rankKey = 'rank', onBadRank, gate, exitCode, ...own } = withoutPinoFields(options)
  const { rank, levels, open: isOpen, lines } = jsonGate(options, declaration, own)
  if (gate === false) return open({ ...own, rank } as SinkOptions<Options>, levels)
  const stream = open({ ...own, rank, open: isOpen } as SinkOptions<Options>, levels)
  const write = stream.write.bind(stream)
  const end = stream.end.bind(stream)
  stream.write = (chunk) => {
    const output = lines.pass(chunk)
    return output === '' || write(output)
  }
  stream.end = () => {
    const rest = lines.end()
    if (rest !== '') write(rest)
    return end()
  }
  return stream
}
