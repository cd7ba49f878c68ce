import type { TestedLogger } from './our-loggers.ts'
import { type Likeness, plainLoggers } from './plain-loggers.ts'
import { compile, type Program } from './program.ts'
import { runProgram, type Trace } from './trace.ts'

/** A difference between one of our loggers and plain pino. */
export interface Difference {
  what: string
  plain: string
  ours: string
}

/** Runs one program on plain pino and on our loggers. */
export class Comparison {
  readonly #program: Program
  readonly #dir: string
  readonly #runnable
  readonly #plain = new Map<Likeness, Trace>()

  /** @param dir folder in which loggers may write files */
  constructor(program: Program, dir: string) {
    this.#program = program
    this.#dir = dir
    this.#runnable = compile(program)
  }

  /** Returns the first difference, if there is one. */
  async differenceOf(tested: TestedLogger): Promise<Difference | undefined> {
    // a constructor of pino that throws does not end the worker that it started
    if (tested.like === 'worker' && (await this.plain('plain')).refusal !== undefined) return undefined
    const plain = await this.plain(tested.like)
    let mayRefuse = false
    const ours = await runProgram(this.#runnable, (options) => {
      mayRefuse = tested.mayRefuse?.(options) ?? false
      return tested.open(options, this.#program, this.#dir)
    })
    return mayRefuse && ours.refusal !== undefined ? undefined : compare(plain, ours, tested)
  }

  async plain(like: Likeness): Promise<Trace> {
    const known = this.#plain.get(like)
    if (known) return known
    const trace = await runProgram(this.#runnable, (options) => plainLoggers[like](options, this.#program, this.#dir))
    this.#plain.set(like, trace)
    return trace
  }
}

/** Compares what two loggers did. The messages of constructors may differ, because ours say more. */
function compare(plain: Trace, ours: Trace, { lines }: TestedLogger): Difference | undefined {
  if (plain.refusal !== undefined && ours.refusal !== undefined) return undefined
  return (
    unlike('constructor', plain.refusal ?? 'none thrown', ours.refusal ?? 'none thrown') ??
    unlikeLists('step', plain.outcomes, ours.outcomes) ??
    unlikeLists('note', plain.notes, ours.notes) ??
    unlike('number of flush callbacks', String(plain.flushes), String(ours.flushes)) ??
    unlikeTexts(plain.texts, ours.texts, lines)
  )
}

function unlike(what: string, plain: string, ours: string): Difference | undefined {
  return plain === ours ? undefined : { what, plain, ours }
}

function unlikeLists(what: string, plain: readonly string[], ours: readonly string[]): Difference | undefined {
  for (let i = 0; i < Math.max(plain.length, ours.length); i++) {
    const difference = unlike(`${what} ${i + 1}`, plain[i] ?? 'nothing', ours[i] ?? 'nothing')
    if (difference) return difference
  }
  return undefined
}

function unlikeTexts(
  plain: readonly string[],
  ours: readonly string[],
  lines: TestedLogger['lines'],
): Difference | undefined {
  for (const [i, text] of plain.entries()) {
    const difference = unlikeLists(`target ${i + 1}, line`, linesOf(text, lines), linesOf(ours[i] ?? '', lines))
    if (difference) return difference
  }
  return undefined
}

function linesOf(text: string, lines: TestedLogger['lines']): string[] {
  if (lines === 'each with its newline') return [text.replaceAll('\n', '')]
  return lines === 'in any order' ? text.split('\n').sort() : text.split('\n')
}
