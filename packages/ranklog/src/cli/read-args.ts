import { parseArgs } from 'node:util'
import { pinoLevels } from 'pino-rank/record'
import type { Command, Given, Option } from './command.ts'
import { InputError } from './input-error.ts'

/**
 * Reads the arguments of a command. Names of options may have `_` in place of `-`, as with torchrun. If the command takes a
 * program, its options end at the program, with or without `--` before it, as with torchrun and mpirun.
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

/** Separates the options from the program and its arguments. Replaces aliases of options by our names. */
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

/** Replaces an alias of an option by our name: `--nproc_per_node=2` and `-np` become `--nproc=2` and `--nproc`. */
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
  const index = letters.findIndex((letter) =>
    Object.values(options).some(({ short, value }) => short === letter && value !== undefined),
  )
  return index !== -1 && index === letters.length - 1 // otherwise the rest of the same argument is the value
}

/** The level labels that `--level` accepts. */
export const levelLabels: readonly string[] = Object.keys(pinoLevels)

/** The option `--ranks`, for all commands that have it. */
export const ranksOption: Option = {
  value: 'RANKS',
  about: "read only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0",
}

/** The option `--time`, for all commands that have it. */
export const timeOption: Option = {
  value: '[SOURCE=]NAME',
  multiple: true,
  about: 'name of the field with the time, for all logs or for a SOURCE: ranks or a file name (default: time)',
}
