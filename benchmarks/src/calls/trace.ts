import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import type { Options } from './levels.ts'
import type { Opened } from './opened.ts'
import { rankKey } from './our-loggers.ts'
import { type Loggers, type Runnable, rootName } from './program.ts'

/** All that a program can see of its logger, and what was written. */
export interface Trace {
  /** What the constructor threw. */
  refusal?: string
  /** What each step returned, or threw. */
  outcomes: string[]
  /** What callbacks and listeners were given. */
  notes: string[]
  /** How often a flush called back. */
  flushes: number
  /** The text of each target, without times and ranks. */
  texts: string[]
}

/** Runs a program once. */
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
  Error.stackTraceLimit = 0 // each run is called from elsewhere. The constructor needs stacks: pino resolves targets by them
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
  const message = error.message.replace(/ at position \d.*/, '') // in bindings that hold the rank: pino parses them
  return `${error.constructor.name}: ${message}`
}

/** Describes a value, so that two that are described alike are alike for a program. */
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
 * Returns the text as it is read from a file, where half of a surrogate pair is U+FFFD. Sinks of lines end the last one, also where
 * the program did not.
 */
function comparable(text: string): string {
  const read = Buffer.from(text).toString()
  return read.replace(rankBehind, '').replace(rankInFront, '').replace(time, '"time":0').replace(/\n$/, '')
}
