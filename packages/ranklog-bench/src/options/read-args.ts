import { parseArgs } from 'node:util'
import { OptionChecker, type RankError } from 'pino-rank/sink'
import { closest } from './closest.ts'
import { isOptionName, type Option, type OptionName, options } from './option-table.ts'

/** The options of the command line: the text of each value, or true for an option without a value. */
export type Given = { [Name in OptionName]?: string | true }

const check = new OptionChecker('ranklog-bench', 'see ranklog-bench --help')

/** Values of the first argument that is not an option. */
const suites = ['contention']

/**
 * Reads the arguments by the option table. Does not read the values.
 *
 * @throws {RankError} OPTION_INVALID, for the first argument that is not valid
 */
export function readArgs(args: readonly string[]): Given {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, tokens: true })
  const given: Given = {}
  let positionals = 0
  for (const token of tokens) {
    if (token.kind === 'positional') checkSuite(token.value, positionals++)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    if (!isOptionName(name)) throw unknownOption(rawName, name)
    const option = options[name]
    const isMissing = value === undefined || value === '' || (!inlineValue && value.startsWith('-'))
    if (option.value !== undefined && isMissing) throw missingValue(name, option, value)
    if (option.value === undefined && value !== undefined)
      throw invalid(name, 'no value', value, `write --${name} alone`)
    given[name] = option.value === undefined ? true : (value as string)
  }
  return given
}

/** Returns the error for an invalid value of an option. */
export function invalid(name: string, expected: string, received: unknown, fix: string): RankError {
  return check.invalid(`--${name}`, expected, received, fix)
}

function unknownOption(rawName: string, name: string): RankError {
  const near = closest(name, Object.keys(options))
  const meant = near ? `did you mean --${near}? ` : ''
  return check.invalid(rawName, 'a known option', rawName, `${meant}ranklog-bench --help lists all options`)
}

function missingValue(
  name: string,
  { value, example, default: usual }: Option,
  received: string | undefined,
): RankError {
  return invalid(name, `a value ${value}`, received, `write for example --${name} ${example ?? usual}`)
}

function checkSuite(text: string, position: number): void {
  if (position > 0) throw check.invalidAt(`argument ${position + 1}`, 'one suite and options', text)
  if (!suites.includes(text))
    throw check.invalidAt('suite', suites.join(' or '), text, 'write ranklog-bench contention, or leave it out')
}
