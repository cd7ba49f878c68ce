import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where sockets may lie: the first that is ours. */
export const folderVariables = ['RANKLOG_SOCKET_DIR', 'XDG_RUNTIME_DIR', 'TMPDIR'] as const

/** What a socket's address holds on macOS; Linux has 4 more. */
const maxAddressBytes = 103

/** What the ranks of a run know each other by. */
export interface Run {
  runKey: string
  attempt?: number | undefined
}

/** Where a collector of this run listens: the folder is made, for our user alone. @throws where there is none */
export function newSocketPath(run: Run, env: NodeJS.ProcessEnv): string {
  const candidates = socketPaths(run, env)
  const path = candidates.find(({ folder }) => isOurs(folder, true))?.path
  if (path === undefined)
    throw new Error(
      `pino-rank-stdout: no folder for a socket: expected one of our user alone, received ${candidates.map(({ folder }) => folder).join(', ') || 'none'}; set ${folderVariables[0]} to a short one that is writable`,
    )
  return path
}

/** Where a collector of this run may listen; undefined: nowhere now. */
export function socketPath(run: Run, env: NodeJS.ProcessEnv): string | undefined {
  return socketPaths(run, env).find(({ path, folder }) => existsSync(path) && isOurs(folder, false))?.path
}

function socketPaths(run: Run, env: NodeJS.ProcessEnv): { folder: string; path: string }[] {
  const uid = process.getuid?.()
  if (uid === undefined) return [] // Windows: no unix sockets
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

/** A folder of ours that nobody else may enter. */
function isOurs(folder: string, create: boolean): boolean {
  try {
    if (create) mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
  }
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
}
