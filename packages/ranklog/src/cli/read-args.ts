import { parseArgs } from 'node:util'
import { pinoLevels } from 'pino-rank/record'
import type { Command, Given } from './command.ts'
import { InputError } from './input-error.ts'

/** Reads a command's arguments. @throws {InputError} that names the one to mend */
export function readArgs(command: Command, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { value, short, multiple = false }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple, ...(short && { short }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { options: values as Given['options'], paths: positionals }
  } catch (error) {
    const [what] = (error as Error).message.split(/\. |\n/)
    throw new InputError(`${what}`, `ranklog ${command.name} --help shows its options`)
  }
}

/** The labels that `--level` takes. */
export const levelLabels: readonly string[] = Object.keys(pinoLevels)
