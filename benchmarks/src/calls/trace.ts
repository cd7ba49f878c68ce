import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import type { Options } from './levels.ts'
import type { Opened } from './opened.ts'
import { rankKey } from './our-loggers.ts'
import { type Loggers, type Runnable, rootName } from './program.ts'

/** Everything that a program sees of its logger, and the written text. */
export interface Trace {
  /** The error that the constructor threw. */
  refusal?: string
  /** The value that each step returned, or the error that it threw. */
  outcomes: string[]
  /** The arguments of callbacks and listeners. */
  notes: string[]
  /** Number of calls of flush callbacks. */
  flushes: number
  /** The text of each target, without times and ranks. */
  texts: string[]
}

/** Runs a program once, and returns what it saw. */
export async function runProgram(program: Runnable, open: (options: Options) => Opened): Promise<Trace> {
  const trace: Trace = { outcomes: [], notes: [], flushes: 0, texts: [] }
  const surroundings = {
    pino,
    note: (...values: unknown[]) => void trace.notes.push(values.map(describe).join(' ')),
    flushed: (error?: unknown) => {
      if (error) trace.notes.push(`flush failed: ${describeThrown(error)}`)
      trace.flushes++
    },
    turn: async () => void (await setImmediate()),
  }
  let opened: Opened
  try {
    opened = open(program.options(surroundings))
  } catch (error) {
    trace.refusal = describeThrown(error)
    return trace
  }
  const loggers: Loggers = { [rootName]: opened.log }
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0 // stacks of two runs differ; set after the constructor, because pino resolves targets by stacks
  for (const { makes, run } of program.steps) {
    try {
      const result = run(loggers, surroundings)
      if (result instanceof Promise) await result
      else if (makes) loggers[makes] = result as pino.Logger
      trace.outcomes.push(`returned ${describe(result)}`)
    } catch (error) {
      trace.outcomes.push(`threw ${describeThrown(error)}`)
    }
  }
  Error.stackTraceLimit = stackTraceLimit
  trace.texts = (await opened.texts()).map(comparable)
  return trace
}

function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return describe(error)
  const message = error.message.replace(/ at position \d.*/, '') // pino parses bindings, and the rank in them changes the position
  return `${error.constructor.name}: ${message}`
}

/** Describes a value, so that two values with the same description are the same for a program. */
function describe(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`
  if (pino.symbols.streamSym in value) return `logger from ${(value as unknown as pino.Logger).level}`
  const withoutRank = (key: string, field: unknown) => (key === rankKey ? undefined : field)
  return JSON.stringify(value, withoutRank)
}

const value = String.raw`(?:"(?:[^"\\]|\\.)*"|[^",}]*)`
const rankBehind = new RegExp(`,"${rankKey}":${value}`, 'g')
const rankInFront = new RegExp(`"${rankKey}":${value},?`, 'g')
const time = /"time":(?:\d{10,}|"\d{4}-\d\d-\d\dT[\d:.]+Z")/g

/**
 * Returns a text without times and ranks, as it is read from a file: a lone surrogate is U+FFFD. A last newline is removed, because
 * our sinks add one if it is missing.
 */
function comparable(text: string): string {
  const read = Buffer.from(text).toString()
  return read.replace(rankBehind, '').replace(rankInFront, '').replace(time, '"time":0').replace(/\n$/, '')
}
