import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { givenLevel, levelsOf, type Options } from './levels.ts'
import { fileIn, type Opened, TextStream, toFiles } from './opened.ts'
import { type Likeness, targetLevels } from './plain-loggers.ts'
import type { Program } from './program.ts'

/** A way to build a logger with our packages. */
export interface Way {
  name: string
  /** The plain logger that it shall be like. */
  like: Likeness
  /** Only each n-th program is run on it, because pino's worker takes long to start. @default 1: each */
  every?: number
  /** What its lines may have else than plain pino's. */
  lines?: 'in any order' | 'each with its newline'
  /** Options that it is documented to refuse, although pino may take them. */
  mayRefuse?(options: Options): boolean
  open(options: Options, program: Program, dir: string): Opened
}

/** Name of the field that holds the rank: one that no program logs, without the letter that a hook replaces. */
export const rankKey = 'number of this process'

const rankOf = (rank: number) => ({ rank: { rank, launcher: 'fuzz', worldSize: 2 }, rankKey })

/** Returns the options with more of them. They may inherit, which a copy would not. */
function add(options: Options, more: object): never {
  return Object.assign(options, more) as never
}

/** A logger of rankLogger with one target. */
function withTarget(options: Options, file: string, transport: object, more: object = rankOf(0)): Opened {
  return toFiles(rankLogger(add(options, { ...more, transport })), [file])
}

/** The options that a gate needs to know, as its README says. */
function gated(options: Options, rank: number): Options {
  const known = ['level', 'base', 'customLevels', 'useOnlyCustomLevels'].filter((name) => Object.hasOwn(options, name))
  const named = Object.fromEntries(known.map((name) => [name, options[name]]))
  const own: Options = { ...options }
  if (own.base === null) delete own.name // pino leaves it out with the rest of the base, which gate() fills
  return { ...own, ...gate({ ...named, ...rankOf(rank) }) }
}

/** A level is checked also where pino passes over it. */
const mayRefuseLevel = (options: Options) =>
  options.enabled === false && givenLevel(options, levelsOf(options)) === undefined

/** With another order of levels no gate is possible. */
const mayRefuse = (options: Options) => (options.levelComparison ?? 'ASC') !== 'ASC' || mayRefuseLevel(options)

/** As pino refuses it with `transport.targets`. */
const mayRefuseFormatter = (options: Options) =>
  mayRefuse(options) || typeof (options.formatters as { level?: unknown } | null)?.level === 'function'

/** A worker thread for each program takes 50 ms and more. */
const worker = { like: 'worker', every: 25 } as const

export const ways: readonly Way[] = [
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
    lines: 'in any order', // pino's own destination: a fatal record is written at once, next to the write that is under way
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
    lines: 'each with its newline', // also where the program's hook takes it away
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
