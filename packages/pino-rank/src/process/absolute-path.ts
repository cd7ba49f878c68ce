import { isAbsolute, join, resolve, sep } from 'node:path'

/**
 * Returns `path` as an absolute path, so that a later `process.chdir` moves no file. Returns an absolute path unchanged.
 *
 * @param cwd the folder that a relative path is resolved against. @default the working directory
 */
export function absolutePath(path: string, cwd?: string): string {
  if (isAbsolute(path)) return path // needs no working directory, which may have been removed
  const from = cwd ?? process.cwd()
  // Behind a symbolic link, `link/..` is the parent folder of the link's target. Only the system can resolve it.
  return /(^|[/\\])\.\.[/\\]/.test(path.replace(/^(\.\.?[/\\])+/, '')) ? join(from, sep) + path : resolve(from, path)
}

/** Returns the working directory, or undefined where it was removed. Only relative paths need it. */
export function workingDirectory(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** Returns the options with an absolute `destination` for pino's own file target. Returns those of other targets unchanged. */
export function absoluteDestination<Options extends object | undefined>(
  target: string,
  options: Options,
  cwd?: string,
): Options {
  const { destination } = (options ?? {}) as { destination?: unknown }
  if (target !== 'pino/file' || typeof destination !== 'string') return options
  return { ...options, destination: absolutePath(destination, cwd) }
}
