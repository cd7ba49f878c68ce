import type pino from 'pino'

/**
 * Calls of a logger as source text. So a program can be run again with new values for each logger, made smaller piece by piece, and
 * printed.
 */
export interface Program {
  /** Properties of the object of options, e.g. `level: 'debug'`. */
  options: readonly string[]
  /** Levels of the targets, for a logger that has several. */
  levels: readonly string[]
  /** pino's option `dedupe`, for such a logger. */
  dedupe: boolean
  steps: readonly Step[]
}

/** One expression: a logger's name, `before`, the arguments, `after`. */
export interface Step {
  /** The name of the child that it makes. */
  makes?: string
  /** The logger's name. Where no step has made that child, it is the logger itself. */
  on: string
  before: string
  args: readonly string[]
  after: string
}

/** The logger itself. */
export const rootName = 'log'

/** Names of the children that a program may make. */
export const childNames: readonly string[] = ['one', 'two', 'three']

/** What a program's text can use in addition to the loggers. */
export interface Surroundings {
  pino: typeof pino
  /** Keeps what a callback or a listener was given. */
  note(...values: unknown[]): void
  /** A callback for `flush`. */
  flushed(error?: unknown): void
  /** Resolves when the event loop has turned. */
  turn(): Promise<void>
}

export type Loggers = Record<string, pino.Logger | undefined>

/** A program that can be run, as often as wanted. */
export interface Runnable {
  options(surroundings: Surroundings): Record<string, unknown>
  steps: { makes?: string | undefined; run(loggers: Loggers, surroundings: Surroundings): unknown }[]
}

const names = [rootName, ...childNames]
const surrounding = ['pino', 'note', 'flushed', 'turn'] as const

/** @throws {SyntaxError} where a piece that was taken out of a program leaves no program */
export function compile(program: Program): Runnable {
  const options = new Function(...surrounding, `return { ${program.options.join(', ')} }`)
  const steps = program.steps.map((step) => {
    const evaluate = new Function(...names, ...surrounding, `return ${stepText(step)}`)
    const run = (loggers: Loggers, given: Surroundings): unknown => {
      const root = loggers[rootName]
      return evaluate(...names.map((name) => loggers[name] ?? root), ...surrounding.map((name) => given[name]))
    }
    return { makes: step.makes, run }
  })
  return { options: (given) => options(...surrounding.map((name) => given[name])), steps }
}

/** Returns the program as it can be pasted. */
export function printProgram({ options, levels, dedupe, steps }: Program): string {
  const lines = steps.map((step) => `${step.makes ? `${step.makes} = ` : ''}${stepText(step)}`)
  const targets = `levels of several targets: ${levels.join(', ')}${dedupe ? ', dedupe' : ''}`
  return [`// ${targets}`, `options = { ${options.join(', ')} }`, ...lines].join('\n')
}

function stepText({ on, before, args, after }: Step): string {
  return `${on}${before}${args.join(', ')}${after}`
}
