import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { givenLevel, levelsOf, type Options } from './levels.ts'
import { fileIn, type Opened, TextStream, toFiles } from './opened.ts'
import { type Likeness, targetLevels } from './plain-loggers.ts'
import type { Program } from './program.ts'

/** One of our loggers: a combination of package, target and thread. */
export interface TestedLogger {
  name: string
  /** The plain logger that must write, return and throw the same. */
  like: Likeness
  /** Runs only every n-th program on this logger, because pino's worker takes long to start. @default 1: every program */
  every?: number
  /** How its lines may differ from those of plain pino. */
  lines?: 'in any order' | 'each with its newline'
  /** Reports whether our documents say that it rejects these options, which pino may accept. */
  mayRefuse?(options: Options): boolean
  open(options: Options, program: Program, dir: string): Opened
}

/** Name of the field with the rank. No program logs a field of this name, and it has no "a", which a hook of the programs replaces. */
export const rankKey = 'number of this process'

const rankOf = (rank: number) => ({ rank: { rank, launcher: 'fuzz', worldSize: 2 }, rankKey })

/** Adds options to an object of options. It is not copied, because its options may be inherited. */
function add(options: Options, more: object): never {
  return Object.assign(options, more) as never
}

/** Opens a rankLogger with one target. */
function withTarget(options: Options, file: string, transport: object, more: object = rankOf(0)): Opened {
  return toFiles(rankLogger(add(options, { ...more, transport })), [file])
}

/** Adds the options of `gate()`, which gets those options of the logger that its README asks for. */
function gated(options: Options, rank: number): Options {
  const known = ['level', 'base', 'customLevels', 'useOnlyCustomLevels'].filter((name) => Object.hasOwn(options, name))
  const named = Object.fromEntries(known.map((name) => [name, options[name]]))
  const own: Options = { ...options }
  if (own.base === null) delete own.name // with base: null pino omits the name, but gate() sets the base
  return { ...own, ...gate({ ...named, ...rankOf(rank) }) }
}

/** Our loggers check the level even if the logger is disabled, and pino does not. */
const mayRefuseLevel = (options: Options) =>
  options.enabled === false && givenLevel(options, levelsOf(options)) === undefined

/** Our loggers reject another order of levels, because a gate needs ascending levels. */
const mayRefuse = (options: Options) => (options.levelComparison ?? 'ASC') !== 'ASC' || mayRefuseLevel(options)

/** Our loggers reject `formatters.level` with `transport.targets`, as pino does. */
const mayRefuseFormatter = (options: Options) =>
  mayRefuse(options) || typeof (options.formatters as { level?: unknown } | null)?.level === 'function'

/** Loggers in pino's worker run only some of the programs, because each program starts a worker. */
const worker = { like: 'worker', every: 25 } as const

export const testedLoggers: readonly TestedLogger[] = [
  {
    name: 'rankLogger, stream',
    like: 'plain',
    mayRefuse,
    open: (options) => {
      const stream = new TextStream()
      return { log: rankLogger(add(options, rankOf(0)), stream), texts: async () => [stream.text] }
    },
  },
  {
    name: 'rankLogger, file name',
    like: 'plain',
    lines: 'in any order', // pino's own destination writes a fatal record at once, while another write may be pending
    mayRefuse,
    open: (options, _, dir) => {
      const file = fileIn(dir)
      return toFiles(rankLogger(add(options, rankOf(0)), file), [file])
    },
  },
  {
    name: 'rankLogger, fileStream',
    like: 'plain',
    mayRefuse,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return toFiles(rankLogger(add(options, rankOf(0)), fileStream({ path })), [path])
    },
  },
  {
    name: 'rankLogger, pino-rank-file',
    like: 'plain',
    mayRefuse,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return withTarget(options, path, { target: 'pino-rank-file', options: { path } })
    },
  },
  {
    name: 'rankLogger, pino-rank-split',
    like: 'plain',
    mayRefuse,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      const file = path.replace(/\.log$/, '.rank-0.log')
      return withTarget(options, file, { target: 'pino-rank-split', options: { path } })
    },
  },
  {
    name: 'rankLogger, gateSignal',
    like: 'plain',
    mayRefuse,
    open: (options) => {
      const stream = new TextStream()
      const log = rankLogger(add(options, { ...rankOf(0), gateSignal: 'SIGUSR2' }), stream)
      return { log, texts: async () => [stream.text] }
    },
  },
  {
    name: 'rankLogger, targets of pino-rank-file',
    like: 'several',
    mayRefuse: mayRefuseFormatter,
    open: (options, program, dir) => {
      const files = program.levels.map(() => fileIn(dir))
      const targets = targetLevels(program).map((level, i) => ({
        target: 'pino-rank-file',
        options: { path: files[i] },
        level,
      }))
      const log = rankLogger(add(options, { ...rankOf(0), transport: { targets, dedupe: program.dedupe } }))
      return toFiles(log, files)
    },
  },
  {
    name: 'rankLogger, targets of streams',
    like: 'several',
    mayRefuse,
    open: (options, program) => {
      const streams = program.levels.map(() => new TextStream())
      const targets = targetLevels(program).map((level, i) => ({ stream: streams[i] as TextStream, level }))
      const log = rankLogger(add(options, { ...rankOf(0), transport: { targets, dedupe: program.dedupe } }))
      return { log, texts: async () => streams.map(({ text }) => text) }
    },
  },
  {
    name: 'pino, fileStream',
    like: 'plain',
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return toFiles(pino(options as never, fileStream({ path })), [path])
    },
  },
  {
    name: 'pino, gate()',
    like: 'plain',
    mayRefuse: mayRefuseLevel,
    open: (options) => {
      const stream = new TextStream()
      return { log: pino(gated(options, 0) as never, stream), texts: async () => [stream.text] }
    },
  },
  {
    name: 'pino, gate(), gated, fileStream',
    like: 'raised',
    mayRefuse: mayRefuseLevel,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return toFiles(pino(gated(options, 1) as never, fileStream({ path })), [path])
    },
  },
  {
    name: 'rankLogger, gated',
    like: 'errors',
    lines: 'each with its newline', // even if a hook of the program removes it
    mayRefuse,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return withTarget(options, path, { target: 'pino-rank-file', options: { path } }, rankOf(1))
    },
  },
  {
    name: 'rankLogger, gated, others silent',
    like: 'nothing',
    mayRefuse,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return withTarget(options, path, { target: 'pino-rank-file', options: { path }, others: 'silent' }, rankOf(1))
    },
  },
  {
    ...worker,
    name: 'rankLogger, pino/file in the worker',
    mayRefuse,
    open: (options, _, dir) => {
      const destination = fileIn(dir)
      return withTarget(options, destination, { target: 'pino/file', options: { destination } })
    },
  },
  {
    ...worker,
    name: 'rankLogger, pino-rank-file in the worker',
    mayRefuse,
    open: (options, _, dir) => {
      const path = fileIn(dir)
      return withTarget(options, path, { target: 'pino-rank-file', options: { path }, thread: true })
    },
  },
  {
    ...worker,
    name: 'pino, pino-rank-file in the worker',
    open: (options, _, dir) => {
      const path = fileIn(dir)
      const transport = { target: 'pino-rank-file', options: { path, rankKey } }
      return toFiles(pino(add(options, { transport })), [path])
    },
  },
  {
    ...worker,
    name: 'pino, pino-rank/target in the worker',
    open: (options, _, dir) => {
      const destination = fileIn(dir)
      const inner = { target: 'pino/file', options: { destination }, rankKey }
      return toFiles(pino(add(options, { transport: { target: 'pino-rank/target', options: inner } })), [destination])
    },
  },
]
