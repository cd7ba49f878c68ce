import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, type Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pidExists } from 'pino-rank/process'

/** Environment variables with folders for sockets, in order of preference. */
const folderVariables = ['RANKLOG_SOCKET_DIR', 'XDG_RUNTIME_DIR', 'TMPDIR'] as const

/** Maximum length of a socket's address on macOS, in bytes. Linux allows 4 more. */
const maxAddressBytes = 103

/** The name of a folder that mkdtemp has made: `ranklog-UID-PID-` and six random characters. */
const freshName = /^ranklog-\d+-(\d+)-\w{6}$/

/** Identifies a run. All ranks of the run have the same values. */
export interface Run {
  runKey: string
  attempt?: number | undefined
}

/**
 * Returns the path for a collector of this run, and makes its folder, for our user alone. The folder is `ranklog-UID`
 * in the first base folder that allows it. If all base folders have something else of that name, for example a folder
 * of another user, the folder gets a random name. Ranks find that one only with the variables of {@link socketEnv}.
 *
 * @param hasRankEnv true if ranks get these variables. Without them a random name is of no use
 * @throws if no folder can be used
 */
export function newSocketPath(run: Run, env: NodeJS.ProcessEnv, hasRankEnv = true): string {
  return newSocketPathIn(baseFolders(env), run, hasRankEnv)
}

/** Same as {@link newSocketPath}, with these base folders. */
export function newSocketPathIn(bases: readonly string[], run: Run, hasRankEnv: boolean): string {
  const name = socketName(run)
  const faults: string[] = []
  for (const folder of knownFolders(bases)) {
    const fault = lengthFault(folder, name) ?? makeFolder(folder) ?? ownershipFault(folder)
    if (fault === undefined) return join(folder, name)
    faults.push(`${folder} (${fault})`)
  }
  const fresh = hasRankEnv ? freshFolder(bases, name) : undefined
  if (fresh !== undefined) return join(fresh, name)
  throw new Error(
    `pino-rank-stdout: no folder for a socket: expected a folder of this user alone, received ${faults.join(', ') || 'none'}; set ${folderVariables[0]} to a writable folder with a short path`,
  )
}

/** Returns the path at which a collector of this run may be listening. Undefined if there is no socket. */
export function socketPath(run: Run, env: NodeJS.ProcessEnv): string | undefined {
  const name = socketName(run)
  const folder = knownFolders(baseFolders(env)).find(
    (folder) =>
      lengthFault(folder, name) === undefined && ownershipFault(folder) === undefined && existsSync(join(folder, name)),
  )
  return folder && join(folder, name)
}

/** Returns the variables by which ranks find a socket of {@link newSocketPath}. */
export function socketEnv(path: string): Record<string, string> {
  return { [folderVariables[0]]: dirname(dirname(path)) }
}

/** Removes a socket, and its folder if this process has made it with a random name. */
export function removeSocket(path: string): void {
  rmSync(path, { force: true })
  if (freshOwner(dirname(path)) === process.pid) removeFreshFolder(dirname(path))
}

/**
 * Returns the folders with random names that dead processes have left next to the folder of this path, if it has such
 * a name too.
 */
export function abandonedFolders(path: string): string[] {
  const fresh = dirname(dirname(path))
  if (!freshName.test(basename(fresh))) return []
  return readdirSync(dirname(fresh))
    .map((name) => join(dirname(fresh), name, folderName()))
    .filter((folder) => {
      const pid = freshOwner(folder)
      if (pid === undefined || pidExists(pid)) return false
      return ownershipFault(dirname(folder)) === undefined && ownershipFault(folder) === undefined
    })
}

/** Removes a folder with a random name, unless it contains sockets. */
export function removeFreshFolder(folder: string): void {
  try {
    rmdirSync(folder)
    rmdirSync(dirname(folder))
  } catch {
    // a collector that a rank has started listens there
  }
}

function socketName({ runKey, attempt = 0 }: Run): string {
  const { createHash } = process.getBuiltinModule('node:crypto') // loaded on demand: a rank without a collector does not need it
  const hash = createHash('sha256').update(`${process.getuid?.()} ${attempt} ${runKey}`).digest('hex')
  return `${hash.slice(0, 16)}.sock`
}

/** Returns the folders that may contain our folder. None on Windows, which has no Unix sockets. */
function baseFolders(env: NodeJS.ProcessEnv): string[] {
  if (process.getuid === undefined) return []
  const bases = [...folderVariables.map((variable) => env[variable]), tmpdir(), '/tmp']
  return [...new Set(bases.flatMap((base) => (base ? [resolve(base)] : [])))]
}

const knownFolders = (bases: readonly string[]) => bases.map((base) => join(base, folderName()))

const folderName = () => `ranklog-${process.getuid?.()}`

/** Creates a folder with a random name. Returns undefined if no base folder is writable and short enough. */
function freshFolder(bases: readonly string[], name: string): string | undefined {
  for (const base of bases) {
    const prefix = join(base, `${folderName()}-${process.pid}-`)
    if (lengthFault(join(`${prefix}XXXXXX`, folderName()), name) !== undefined) continue
    try {
      const folder = join(mkdtempSync(prefix), folderName())
      if (makeFolder(folder) === undefined && ownershipFault(folder) === undefined) return folder
      removeFreshFolder(folder)
    } catch {
      // not writable
    }
  }
  return undefined
}

/** Returns the id of the process that made a folder with a random name. Undefined for other folders. */
function freshOwner(folder: string): number | undefined {
  const pid = freshName.exec(basename(dirname(folder)))?.[1]
  return pid === undefined ? undefined : Number(pid)
}

function lengthFault(folder: string, name: string): string | undefined {
  return Buffer.byteLength(join(folder, name)) > maxAddressBytes ? 'path too long' : undefined
}

/** Creates a folder for our user alone. Returns the error code if it fails. Undefined if the folder was made or exists. */
function makeFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') return code
  }
  return undefined
}

/** Returns undefined for a folder that does not exist, or that node's permissions hide. */
function statsOf(folder: string): Stats | undefined {
  try {
    return lstatSync(folder)
  } catch {
    return undefined
  }
}

/** Returns undefined if a folder belongs to our user and nobody else may enter it, and otherwise what is wrong with it. */
function ownershipFault(folder: string): string | undefined {
  const found = statsOf(folder)
  if (!found) return 'missing'
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (!found.isDirectory()) return 'not a folder'
  if (found.uid !== process.getuid?.()) return `belongs to user ${found.uid}`
  return (found.mode & 0o077) === 0 ? undefined : `mode ${(found.mode & 0o777).toString(8)}, not 700`
}
