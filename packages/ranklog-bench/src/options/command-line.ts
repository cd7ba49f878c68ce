import { resolve } from 'node:path'
import { maxLines, minLineBytes, shortNames } from '../ranks/index.ts'
import type { Disk } from '../results/index.ts'
import type { SuiteOptions } from '../suite/index.ts'
import { type OptionName, options } from './option-table.ts'
import { type Given, invalid, readArgs } from './read-args.ts'
import { readCount, readDuration, readLines, readList, readNames, readRate, readSize } from './units.ts'

/** The command line as it was read and checked. */
export type CommandLine = { command: 'help' } | { command: 'version' } | RunCommand

export interface RunCommand {
  command: 'run'
  suite: SuiteOptions
  /** True: a smoke test of seconds. Its figures mean nothing. */
  quick: boolean
  /** True: the files of `json` and `report` are replaced if they exist. */
  force: boolean
  /** Absolute paths of the results. Undefined: the default path, or no file with `quick`. */
  json?: string
  report?: string
  /** False: no report. */
  wantsReport: boolean
  /** Absolute path of the figures to compare with. */
  compare?: string
}

/** What can be measured on this machine. */
export interface Measurable {
  /** Names of modes. */
  modes: readonly string[]
  /** Packages that other modes need and that are not installed. */
  absent: readonly string[]
}

/** The values of `--disks`. `throttled` needs `--throttle`. */
const diskNames: readonly Disk['name'][] = ['given', 'tmpfs', 'throttled', 'fsync']

/** How to read the value of one option, and the error text for an invalid value. */
interface Reading<Value> {
  read(text: string): Value | undefined
  expected: string
  /** Another fix for the error text, besides writing a valid value. */
  otherFix?: string
}

/** With more ranks, the run needs more open file descriptors than a process may have. */
const maxRanks = 256

const maxLineBytes = 1e6
const maxRounds = 1000

const ranks: Reading<number[]> = {
  read: (text) => readList(text, (part) => readCount(part, maxRanks)),
  expected: `different whole numbers from 1 to ${maxRanks}, separated by commas`,
}
const lines: Reading<number[]> = {
  read: (text) => readList(text, (part) => readLines(part, maxLines)),
  expected: `different numbers of lines a step, from 1 to ${maxLines}, separated by commas`,
}
const sizes: Reading<number[]> = {
  read: (text) => readList(text, readLineBytes),
  expected: `different sizes from ${minLineBytes} bytes to 1M, separated by commas`,
}
const count: Reading<number> = {
  read: (text) => readCount(text, maxRounds),
  expected: `a whole number from 1 to ${maxRounds}`,
}
const disks: Reading<Disk['name'][]> = {
  read: (text) => readNames(text, diskNames),
  expected: namesText('disks', diskNames),
}
const time: Reading<number> = { read: readDuration, expected: 'a time with its unit: ms, s, m or h' }
const rate: Reading<number> = { read: readRate, expected: 'a rate in bytes a second' }

function readLineBytes(text: string): number | undefined {
  const bytes = readSize(text)
  return bytes !== undefined && bytes >= minLineBytes && bytes <= maxLineBytes ? bytes : undefined
}

/**
 * Reads the command line.
 *
 * @param cwd the folder that relative paths are resolved against
 * @throws {RankError} OPTION_INVALID, for the first option that is invalid
 */
export function readCommandLine(args: readonly string[], here: Measurable, cwd: string): CommandLine {
  const given = readArgs(args)
  if (given.help) return { command: 'help' }
  if (given.version) return { command: 'version' }
  checkTogether(given)
  const path = (name: OptionName) => (typeof given[name] === 'string' ? resolve(cwd, given[name]) : undefined)
  const [json, report, compare] = [path('json'), path('report'), path('compare')]
  return {
    command: 'run',
    suite: suiteOptions(given, here, cwd),
    quick: given.quick === true,
    force: given.force === true,
    ...(json !== undefined && { json }),
    ...(report !== undefined && { report }),
    wantsReport: !given['no-report'],
    ...(compare !== undefined && { compare }),
  }
}

function suiteOptions(given: Given, here: Measurable, cwd: string): SuiteOptions {
  const { throttle } = given
  const found = readOption(given, 'disks', disks)
  if (throttle !== undefined && !found.includes('throttled')) found.push('throttled')
  if (throttle === undefined && found.includes('throttled'))
    throw invalid('disks', 'throttled only together with --throttle', given.disks, 'add for example --throttle 10M')
  return {
    ranks: readOption(given, 'ranks', ranks),
    lines: readOption(given, 'lines', lines),
    lineBytes: readOption(given, 'line-bytes', sizes),
    durationMs: readOption(given, 'duration', time),
    rounds: readOption(given, 'rounds', count),
    modes: given.modes === undefined ? [...here.modes] : readOption(given, 'modes', modesOf(here)),
    dir: resolve(cwd, textOf(given, 'dir')),
    disks: found,
    ...(throttle !== undefined && { throttleBytesPerSecond: readOption(given, 'throttle', rate) }),
    spin: given.spin === true,
    ...(given.step !== undefined && { stepMs: readOption(given, 'step', time) }),
    scaling: given.scaling === true,
  }
}

/** Returns the value of an option as text: as given, or its default. */
function textOf(given: Given, name: OptionName): string {
  const { default: usual = '', quick = usual } = options[name]
  const text = given[name] ?? (given.quick ? quick : usual)
  return text === true ? '' : text
}

function readOption<Value>(given: Given, name: OptionName, { read, expected, otherFix = '' }: Reading<Value>): Value {
  const text = textOf(given, name)
  const value = read(text)
  if (value === undefined) throw invalid(name, expected, text, `${fixOf(name)}${otherFix}`)
  return value
}

function fixOf(name: OptionName): string {
  const { default: usual, example } = options[name]
  return `write for example --${name} ${usual ?? example}`
}

/** Reads names of modes and their short names. */
function modesOf({ modes, absent }: Measurable): Reading<string[]> {
  const install = `, or install what other modes need: npm install ${absent.join(' ')}`
  return {
    read: (text) => readNames(text, modes, shortNames),
    expected: namesText('modes', modes),
    ...(absent.length > 0 && { otherFix: install }),
  }
}

function namesText(what: string, known: readonly string[]): string {
  return `one or more ${what}, separated by commas, each once, of: ${known.join(', ')}`
}

/** @throws {RankError} for options that contradict each other */
function checkTogether(given: Given): void {
  if (given.quick && given.compare)
    throw invalid('compare', 'a full run', '--quick', 'leave --quick out, because its figures cannot be compared')
  if (given['no-report'] && given.report)
    throw invalid('report', 'to be given without --no-report', '--no-report', 'leave one of them out')
}
