import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Environment variables that name folders for sockets. The first folder that belongs to our user alone is used. */
export const folderVariables = ['RANKLOG_SOCKET_DIR', 'XDG_RUNTIME_DIR', 'TMPDIR'] as const

/** Maximum length of a socket's address on macOS, in bytes. Linux allows 4 more. */
const maxAddressBytes = 103

/** Identifies a run. All its ranks have the same values. */
export interface Run {
  runKey: string
  attempt?: number | undefined
}

/** Returns the path for a collector of this run. Creates its folder, for our user alone. @throws if there is no such folder */
export function newSocketPath(run: Run, env: NodeJS.ProcessEnv): string {
  const candidates = socketPaths(run, env)
  const path = candidates.find(({ folder }) => isOurs(folder, true))?.path
  if (path === undefined)
    throw new Error(
      `pino-rank-stdout: no folder for a socket: expected one of our user alone, received ${candidates.map(({ folder }) => folder).join(', ') || 'none'}; set ${folderVariables[0]} to a short one that is writable`,
    )
  return path
}

/** Returns the path at which a collector of this run may be listening. Undefined if there is none now. */
export function socketPath(run: Run, env: NodeJS.ProcessEnv): string | undefined {
  return socketPaths(run, env).find(({ path, folder }) => existsSync(path) && isOurs(folder, false))?.path
}

function socketPaths(run: Run, env: NodeJS.ProcessEnv): { folder: string; path: string }[] {
  const uid = process.getuid?.()
  if (uid === undefined) return [] // Windows: no unix sockets
  const { createHash } = process.getBuiltinModule('node:crypto') // loaded on demand: a rank without a collector does not need it
  const name = `${createHash('sha256')
    .update(`${uid} ${run.attempt ?? 0} ${run.runKey}`)
    .digest('hex')
    .slice(0, 16)}.sock`
  const bases = [...folderVariables.map((variable) => env[variable]), tmpdir(), '/tmp'].filter((base) => base)
  return [...new Set(bases as string[])]
    .map((base) => join(base, `ranklog-${uid}`))
    .map((folder) => ({ folder, path: join(folder, name) }))
    .filter(({ path }) => Buffer.byteLength(path) <= maxAddressBytes)
}

/** Reports whether a folder belongs to our user and nobody else may enter it. */
function isOurs(folder: string, create: boolean): boolean {
  try {
    if (create) mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
  }
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
}
