import pino from 'pino'
import { givenLevel, labelFrom, levelsOf, numberOf, type Options } from './levels.ts'
import { fileIn, type Opened, TextStream, toFiles } from './opened.ts'
import type { Program } from './program.ts'

/** Kinds of loggers: with one stream, in pino's worker, with several streams and levels, of a rank that writes only errors, or nothing. */
export type Likeness = 'plain' | 'worker' | 'several' | 'raised' | 'errors' | 'nothing'

/** Loggers of plain pino, without our packages, that do what each of our loggers must do. */
export const plainLoggers: Record<Likeness, (options: Options, program: Program, dir: string) => Opened> = {
  plain: (options) => toStream(options),
  worker: (options, _, dir) => {
    const destination = fileIn(dir)
    const transport = { target: 'pino/file', options: { destination } }
    return toFiles(pino(Object.assign(options, { transport }) as never), [destination])
  },
  /** The logger's level is the lowest of its targets. */
  several: (options, program) => {
    const levels = levelsOf(options)
    const numbers = targetLevels(program).map((label) => {
      const number = numberOf(label, levels)
      if (number === undefined) throw new Error(`no level ${label}`)
      return number
    })
    raiseTo(options, () => Math.min(...numbers))
    const streams = numbers.map((level) => ({ level, stream: new TextStream() }))
    const log = pino(options as never, pino.multistream(streams as never, { dedupe: program.dedupe }))
    return { log, texts: async () => streams.map(({ stream }) => stream.text) }
  },
  /** A rank whose gate is only the level of its logger. */
  raised: (options) => {
    raiseTo(options, (level) => Math.max(level, errorOf(options)))
    return toStream(options)
  },
  /** A rank whose gate does not open when the program lowers `log.level`. */
  errors: (options) => {
    const levels = levelsOf(options)
    const given = givenLevel(options, levels) ?? 0
    const from = Math.max(given === Infinity ? (levels.info ?? 30) : given, errorOf(options))
    raiseTo(options, (level) => Math.max(level, from))
    return toStream(options, from)
  },
  nothing: (options) => {
    raiseTo(options, () => Infinity)
    return toStream(options, Infinity)
  },
}

/** Returns the levels of a program's targets, as labels. */
export function targetLevels({ levels }: Program): string[] {
  return levels.map((text) => text.slice(1, -1))
}

function errorOf(options: Options): number {
  return levelsOf(options).error ?? 50
}

/** Changes the level of the options. A level that pino rejects is not changed, so that pino rejects it. Neither is `silent`. */
function raiseTo(options: Options, other: (given: number) => number): void {
  const levels = levelsOf(options)
  const given = givenLevel(options, levels)
  if (given === undefined || given === Infinity) return
  options.level = labelFrom(other(given), levels)
}

function toStream(options: Options, from?: number): Opened {
  const stream = new TextStream()
  const routed = from === undefined ? stream : pino.multistream([{ level: from as never, stream }])
  return { log: pino(options as never, routed), texts: async () => [stream.text] }
}
