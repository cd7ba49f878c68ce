import { hostname } from 'node:os'
import { sep } from 'node:path'
import { type Complaint, OptionChecker, RankError } from '../errors/index.ts'
import type { ResolvedRank } from '../rank/index.ts'
import { missingField, type OptionalField } from '../rank/index.ts'

/** Values that a path template may use besides the rank, and names for error messages. */
export interface PathContext {
  /** The package that errors name. @default 'pino-rank' */
  package?: string | undefined
  /** The option that errors name. @default 'path' */
  option?: string | undefined
  /** `{host}` @default this host's name */
  host?: string | undefined
  /** `{pid}` @default this process's id */
  pid?: number | undefined
  /** `{time}` @default now */
  now?: Date | undefined
  /** Give each attempt above 0 a folder of its own. @default true */
  attemptFolder?: boolean | undefined
}

/** The package and the option, as errors name them. */
type Where = Pick<Complaint, 'package' | 'at'>

type Fill = (rank: ResolvedRank, context: PathContext) => number | string | undefined

const numbers: Record<string, Fill> = {
  rank: ({ rank }) => (rank === 'unknown' ? undefined : rank),
  localRank: ({ localRank }) => localRank,
  nodeRank: ({ nodeRank }) => nodeRank,
  worldSize: ({ worldSize }) => worldSize,
  attempt: ({ attempt = 0 }) => attempt,
  pid: (_, { pid = process.pid }) => pid,
}

const texts: Record<string, Fill> = {
  host: (_, { host = hostname() }) => host,
  runKey: ({ runKey }) => runKey,
  time: (_, { now = new Date() }) => now.toISOString().replace(/[-:]|\.\d+/g, ''),
}

const placeholders = Object.keys({ ...numbers, ...texts }).map((name) => `{${name}}`)

/**
 * Returns the path of this rank for a template, e.g. `logs/{runKey}/train.{rank}.log`. `{rank}` is not padded in worlds below
 * 10,000 ranks, and has five digits from there on. `{rank:5}` pads any number. `{time}` is UTC, `20250130T120000Z`. An attempt
 * above 0 goes to a folder `attempt-N/` next to the file of attempt 0, unless the template names `{attempt}` or `attemptFolder`
 * is false. A field that an unknown rank does not have becomes `unknown-<pid>`. Values are sanitised: none can leave the folder.
 *
 * @throws {RankError} OPTION_INVALID: no file name. PATH_PLACEHOLDER: an unknown placeholder, or one that differs between ranks
 * that share the path. RANK_FIELD_MISSING: a placeholder without a value
 */
export function expandPath(template: string, rank: ResolvedRank, context: PathContext = {}): string {
  const { package: packageName = 'pino-rank', option = 'path' } = context
  filePathOption(new OptionChecker(packageName), option, template)
  const where = { package: packageName, at: `option "${option}"` }
  checkShared(template, rank, where)
  const path = template.replace(/\{([^{}]*)\}/g, (placeholder, body: string) => {
    return sanitise(fillIn(body, rank, context, { ...where, at: `${where.at}, ${placeholder}` }))
  })
  if (!rank.attempt || context.attemptFolder === false || hasPlaceholder(template, 'attempt')) return path
  return inAttempt(path, rank.attempt)
}

/**
 * Returns the value of an option that names a file: a path, which may have placeholders. Refuses a folder.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function filePathOption(check: OptionChecker, option: string, value: unknown): string {
  if (typeof value === 'string' && !value.includes('\0') && !nameless.test(value)) return value
  throw check.invalid(option, 'a path that ends in a file name', value, 'name a file, not a folder')
}

/** Matches a path with nothing, `.` or `..` after the last separator. */
const nameless = /(^|[/\\])\.{0,2}$/

/** Reports whether the template names this placeholder, padded or not. */
export function hasPlaceholder(template: string, name: string): boolean {
  return template.includes(`{${name}}`) || template.includes(`{${name}:`)
}

/** Checks that all ranks that share the path get the same one. */
function checkShared(template: string, rank: ResolvedRank, where: Where): void {
  const unshared = ['time', 'pid'].find((name) => hasPlaceholder(template, name))
  if (!unshared || hasPlaceholder(template, 'rank') || rank.worldSize === 1) return
  throw new RankError('PATH_PLACEHOLDER', {
    ...where,
    expected: 'the same path on all ranks that share it',
    received: template,
    fix: `use {runKey} instead of {${unshared}}, or add {rank}`,
  })
}

function fillIn(body: string, rank: ResolvedRank, context: PathContext, where: Where): string {
  const [, name = '', width] = /^(\w+)(?::(\d\d?))?$/.exec(body) ?? []
  const fills = width === undefined ? { ...numbers, ...texts } : numbers
  if (!Object.hasOwn(fills, name)) {
    const expected = `one of ${placeholders.join(', ')}; numbers also as {rank:5}`
    throw new RankError('PATH_PLACEHOLDER', { ...where, expected, received: body, fix: 'check the spelling' })
  }
  const value = fills[name]?.(rank, context)
  if (value !== undefined) return String(value).padStart(Number(width ?? defaultWidth(name, rank)), '0')
  if (rank.rank === 'unknown') return `unknown-${context.pid ?? process.pid}`
  throw missingField(name as OptionalField, rank, where)
}

function defaultWidth(name: string, { worldSize = 0 }: ResolvedRank): number {
  return name === 'rank' && worldSize >= 10_000 ? 5 : 0
}

function inAttempt(path: string, attempt: number): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf(sep)) + 1
  return `${path.slice(0, end)}attempt-${attempt}/${path.slice(end)}`
}

/** Returns the value as a safe part of a file name: letters, digits and `._@+=-`, at most 80 characters, and not only dots. */
function sanitise(value: string): string {
  const part = isHarmlessAscii.test(value) ? value : value.replace(/[^\p{L}\p{N}._@+=-]/gu, '_')
  const dotless = /^\.*$/.test(part) ? '_'.repeat(part.length || 1) : part
  return Array.from(dotless).slice(0, 80).join('')
}

/**
 * Tested first, because the pattern with the letters of all scripts takes long to compile, which would delay the start of each
 * rank.
 */
const isHarmlessAscii = /^[\w.@+=-]*$/
