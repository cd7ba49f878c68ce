import type { Program, Step } from './program.ts'

/**
 * Removes pieces of a program (a step, an argument, an option, a target) as long as it still fails. The last program for which `fails`
 * resolved to true is the smallest.
 *
 * @param fails reports whether a smaller program still fails
 */
export async function shrink(program: Program, fails: (smaller: Program) => Promise<boolean>): Promise<void> {
  for (const smaller of smallerThan(program)) {
    if (await fails(smaller)) return shrink(smaller, fails)
  }
}

/** Yields programs from which a piece is removed, in the order of the piece's size, largest first. */
function* smallerThan(program: Program): Generator<Program> {
  const { options, levels, dedupe, steps } = program
  for (let count = steps.length; count >= 1; count = Math.floor(count / 2)) {
    for (const fewer of without(steps, count)) yield { ...program, steps: fewer }
  }
  for (const fewer of without(options)) yield { ...program, options: fewer }
  if (levels.length > 1) for (const fewer of without(levels)) yield { ...program, levels: fewer }
  if (dedupe) yield { ...program, dedupe: false }
  for (const [i, step] of steps.entries()) {
    for (const simpler of simplerThan(step)) yield { ...program, steps: steps.with(i, simpler) }
  }
}

function* simplerThan(step: Step): Generator<Step> {
  const { args, after } = step
  if (after === ')') for (const fewer of without(args)) yield { ...step, args: fewer }
  for (const [i, arg] of args.entries()) if (arg.length > 4) yield { ...step, args: args.with(i, '{}') }
}

function* without<T>(list: readonly T[], count = 1): Generator<T[]> {
  for (let start = 0; start + count <= list.length; start += count) {
    yield [...list.slice(0, start), ...list.slice(start + count)]
  }
}
