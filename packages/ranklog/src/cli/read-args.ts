import { parseArgs } from 'node:util'
import { pinoLevels } from 'pino-rank/record'
import type { Command, Given, Option } from './command.ts'
import { InputError } from './input-error.ts'

/**
 * Reads a command's arguments. Names of options may have `_` in place of `-`, as torchrun's have. Of a command that takes a program,
 * options end at the program, with or without `--` before it, as those of torchrun and mpirun do.
 *
 * @throws {InputError} that names the argument that is invalid
 */
export function readArgs(command: Command, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { value, short, multiple = false }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple, ...(short && { short }) },
    ]),
  )
  const { own, program } = split(command, args)
  try {
    const { values, positionals } = parseArgs({ args: own, options, allowPositionals: true })
    return { options: values as Given['options'], paths: [...positionals, ...program] }
  } catch (error) {
    const [what] = (error as Error).message.split(/\. |\n/)
    throw new InputError(`${what}`, `ranklog ${command.name} --help shows its options`)
  }
}

/** Separates a program and its arguments from the options before it, which get our own names. */
function split(command: Command, args: readonly string[]): { own: string[]; program: string[] } {
  const own: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    const isOption = arg.startsWith('-') && arg !== '-'
    if (arg === '--' || (!isOption && command.takesProgram)) {
      const program = args.slice(arg === '--' ? at + 1 : at)
      return command.takesProgram ? { own, program } : { own: [...own, ...args.slice(at)], program: [] }
    }
    const option = isOption ? ownName(command, arg) : arg
    own.push(option)
    if (isOption && takesNext(command, option) && at + 1 < args.length) own.push(args[++at] as string)
  }
  return { own, program: [] }
}

/** Returns an option by our own name of it: `--nproc_per_node=2` and `-np` become `--nproc=2` and `--nproc`. */
function ownName({ options }: Command, arg: string): string {
  const [, dashes = '', name = '', value = ''] = /^(--?)([^=]*)(.*)$/s.exec(arg) ?? []
  const given = name.replaceAll('_', '-')
  if (dashes === '--' && options[given]) return `--${given}${value}`
  const found = Object.entries(options).find(([, { aliases }]) => aliases?.includes(`${dashes}${given}`))
  return found ? `--${found[0]}${value}` : arg
}

/** Reports whether the next argument is the value of an option. */
function takesNext({ options }: Command, arg: string): boolean {
  if (arg.startsWith('--')) return options[arg.slice(2)]?.value !== undefined
  const letters = [...arg.slice(1)]
  const taker = letters.findIndex((letter) =>
    Object.values(options).some(({ short, value }) => short === letter && value !== undefined),
  )
  return taker !== -1 && taker === letters.length - 1 // what follows it in the same argument is its value
}

/** The labels that `--level` takes. */
export const levelLabels: readonly string[] = Object.keys(pinoLevels)

/** `--ranks` of every command that has it. */
export const ranksOption: Option = {
  value: 'RANKS',
  about: "only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0",
}

/** `--time` of every command that has it. */
export const timeOption: Option = {
  value: '[SOURCE=]NAME',
  multiple: true,
  about: 'the name of the time in lines, of all logs or of a SOURCE: ranks or a file name (default: time)',
}
