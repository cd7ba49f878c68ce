import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RankError } from '../errors/index.ts'
import { descriptorShortage, workingDirectory } from '../process/index.ts'
import { registeredSink } from './registered-sinks.ts'
import { sinkTable } from './sink-table.ts'

/**
 * Returns the module that pino would load for `target` when it is called from `callers` (file names, nearest first). It is
 * resolved at construction, because at the first record the caller and the working directory are no longer known.
 *
 * @throws {RankError} TARGET_NOT_FOUND, also on ranks that never build the target
 */
export function resolveTarget(target: unknown, callers: readonly string[]): string {
  if (typeof target !== 'string' || target === '') throw notFound(target, 'a module name, a path or a file: URL')
  if (target === 'pino/file' || bundledFile(target) !== undefined) return target
  if (isAbsolute(target) || target.startsWith('file:')) {
    if (existsSync(modulePath(target))) return target
    throw notFound(target, 'an existing file')
  }
  for (const caller of callers) {
    try {
      return createRequire(caller).resolve(target)
    } catch {} // try the next caller: a wrapper in another package may not have the target installed
  }
  if (registeredSink(target)) return target // in a bundle
  const shortage = descriptorShortage(1) // without a free descriptor Node finds no package at all
  throw shortage
    ? unreadableTarget(target, shortage)
    : notFound(target, `a module that resolves from ${callers[0]}`, bundleFix(target))
}

/** Returns the error TARGET_NOT_FOUND: no file descriptor is free to read the target's module, so its declaration is unknown. */
export function unreadableTarget(target: string, code: string): RankError {
  return new RankError('TARGET_NOT_FOUND', {
    package: 'pino-rank',
    at: `transport target "${target}"`,
    expected: 'a file descriptor to read its module with',
    received: code,
    fix: 'raise the limit of open files (ulimit -n)',
  })
}

/** Returns the files on the call stack, nearest first, without `own` (the URL of a module), followed by the working directory. */
export function callerFiles(own: string): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = 50 // a wrapper may be many calls away from the file that has the target installed
  Error.prepareStackTrace = (_, sites) => sites
  const sites = new Error().stack as unknown as NodeJS.CallSite[]
  Object.assign(Error, { prepareStackTrace, stackTraceLimit })
  const files = sites.map((site) => site.getFileName()).filter((file): file is string => isUserFile(file, own))
  const cwd = workingDirectory()
  return [...new Set(files), ...(cwd === undefined ? [] : [`${cwd}/`])]
}

function isUserFile(file: string | null | undefined, own: string): boolean {
  if (!file || file === own || file === import.meta.url) return false
  return isAbsolute(file) || file.startsWith('file:')
}

/** Returns the file that a bundler made for a target, if the bundler has registered one with pino. */
export function bundledFile(target: string): string | undefined {
  const { __bundlerPathsOverrides: paths } = globalThis as { __bundlerPathsOverrides?: Record<string, string> }
  return typeof paths === 'object' && paths !== null && Object.hasOwn(paths, target) ? paths[target] : undefined
}

/** Returns the path of a resolved target, which may be a `file:` URL. A bare name stays as it is. */
export function modulePath(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file
}

/** Returns the advice for a bundle, in which no package is installed. */
function bundleFix(target: string): string {
  const isImported = Object.hasOwn(sinkTable, target) && sinkTable[target]?.inProcess
  return isImported
    ? `; in a bundle add import '${target}' to the program`
    : "; in a bundle name it in the bundler's plugin for pino (esbuild-plugin-pino, pino-webpack-plugin)"
}

function notFound(target: unknown, expected: string, inBundle = ''): RankError {
  return new RankError('TARGET_NOT_FOUND', {
    package: 'pino-rank',
    at: 'transport target',
    expected,
    received: target,
    fix: `install it there, or give an absolute path or a file: URL${inBundle}`,
  })
}
