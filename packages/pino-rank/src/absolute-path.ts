import { isAbsolute, join, resolve, sep } from 'node:path'

/**
 * Returns `path` as an absolute one, so that a later `process.chdir` moves no file. An absolute path stays as it is.
 *
 * @param cwd the folder from which a relative path is taken. @default the working directory
 */
export function absolutePath(path: string, cwd?: string): string {
  if (isAbsolute(path)) return path // needs no working directory, which may be gone
  const from = cwd ?? process.cwd()
  // behind a symbolic link, `link/..` is the folder above the link's target, which only the system knows
  return /(^|[/\\])\.\.[/\\]/.test(path.replace(/^(\.\.?[/\\])+/, '')) ? join(from, sep) + path : resolve(from, path)
}

/** The working directory; undefined where it was removed, which is a fault of relative paths alone. */
export function workingDirectory(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** The options of pino's own file target with an absolute `destination`; those of any other target as they are. */
export function absoluteDestination<Options extends object | undefined>(
  target: string,
  options: Options,
  cwd?: string,
): Options {
  const { destination } = (options ?? {}) as { destination?: unknown }
  if (target !== 'pino/file' || typeof destination !== 'string') return options
  return { ...options, destination: absolutePath(destination, cwd) }
}
