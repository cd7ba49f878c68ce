import type { ResolvedRank } from '../rank/index.ts'
import type { Levels } from '../record/index.ts'
import type { GateOptions, SinkDeclaration } from './declaration.ts'
import { jsonGate } from './json-gate.ts'
import { withoutPinoFields } from './pino-config.ts'

/** What a sink's stream must have to stand behind the gate. */
export interface SinkStream {
  write(text: string): boolean
  end(text?: string): unknown
}

/**
 * A sink's own options, with the rank resolved and whether it is one of the entry's `ranks`. `cwd` is the folder for
 * relative paths, where that is not the present working directory.
 */
export type SinkOptions<Options> = Omit<Options, keyof GateOptions> & {
  rank: ResolvedRank
  open?: boolean
  cwd?: string
}

/**
 * Returns what a transport module's default export returns: the stream that `open` creates, behind this rank's gate. Under
 * `rankLogger` the logger's level is the gate and the records already have their rank (`gate: false`), so it returns
 * the stream itself. In a transport configured in pure JSON, the worker decides the gate here and filters text.
 * `open` also gets the logger's levels, including custom ones, for options that name a level.
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
    const passing = lines.pass(chunk)
    return passing === '' || write(passing)
  }
  stream.end = () => {
    const rest = lines.end()
    if (rest !== '') write(rest)
    return end()
  }
  return stream
}
