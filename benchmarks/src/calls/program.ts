import type pino from 'pino'

/**
 * Options and calls of a logger, as source text. As text, a program can run on each logger with new values, be reduced piece by piece,
 * and be printed.
 */
export interface Program {
  /** Properties of the object of options, for example `level: 'debug'`. */
  options: readonly string[]
  /** Levels of the targets, for a logger with several targets. */
  levels: readonly string[]
  /** pino's option `dedupe`, for a logger with several targets. */
  dedupe: boolean
  steps: readonly Step[]
}

/** One expression: the name of a logger, `before`, the arguments, `after`. */
export interface Step {
  /** The name of the child that this step creates. */
  makes?: string
  /** The name of the logger. If no step has created that child, the root logger is used. */
  on: string
  before: string
  args: readonly string[]
  after: string
}

/** The name of the root logger. */
export const rootName = 'log'

/** The names of the children that a program may create. */
export const childNames: readonly string[] = ['one', 'two', 'three']

/** The values that a program's text can use in addition to the loggers. */
export interface Surroundings {
  pino: typeof pino
  /** Records the arguments of a callback or a listener. */
  note(...values: unknown[]): void
  /** A callback for `flush`. */
  flushed(error?: unknown): void
  /** Resolves when the event loop has turned. */
  turn(): Promise<void>
}

export type Loggers = Record<string, pino.Logger | undefined>

/** A compiled program, which can run several times. */
export interface Runnable {
  options(surroundings: Surroundings): Record<string, unknown>
  steps: { makes?: string | undefined; run(loggers: Loggers, surroundings: Surroundings): unknown }[]
}

const names = [rootName, ...childNames]
const surrounding = ['pino', 'note', 'flushed', 'turn'] as const

/** Compiles a program. @throws {SyntaxError} if it is not valid, for example because a piece was removed */
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

/** Returns a program as text that can be pasted into a file. */
export function printProgram({ options, levels, dedupe, steps }: Program): string {
  const lines = steps.map((step) => `${step.makes ? `${step.makes} = ` : ''}${stepText(step)}`)
  const targets = `levels of several targets: ${levels.join(', ')}${dedupe ? ', dedupe' : ''}`
  return [`// ${targets}`, `options = { ${options.join(', ')} }`, ...lines].join('\n')
}

function stepText({ on, before, args, after }: Step): string {
  return `${on}${before}${args.join(', ')}${after}`
}
