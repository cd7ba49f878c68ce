import { randomInt } from 'node:crypto'
import { linkSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { pidExists } from 'pino-rank/process'
import { abandonedFolders, removeFreshFolder } from './socket-path.ts'

/** Maximum number of connections that wait to be accepted. Large, for ranks that start together. The system may allow fewer. */
const backlog = 4096

/**
 * Listens at a path that only one process may have. The server first listens under a private name, which is then linked
 * to the path. Removes the sockets of dead collectors in the folder, but never one at which a collector listens.
 *
 * @param path a path of {@link newSocketPath}
 * @returns false if another collector listens at the path
 */
export async function claimSocket(server: Server, path: string): Promise<boolean> {
  for (const folder of abandonedFolders(path)) {
    await sweep(folder)
    removeFreshFolder(folder)
  }
  await sweep(dirname(path))
  const own = privatePath(dirname(path))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ path: own, backlog, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    unlinkSync(own)
  }
}

/** Returns a path that no other process uses. It is not longer than the path of a socket, whose length is limited. */
function privatePath(folder: string): string {
  return join(folder, `.${process.pid}-${randomInt(2 ** 32)}`)
}

/** Removes sockets at which no process listens. */
async function sweep(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const ownerPid = Number(/\.(\d+)-\d+$/.exec(name)?.[1] ?? 0)
    // a living process may have created the socket without listening yet
    if ((ownerPid > 0 && pidExists(ownerPid)) || (await probeSocket(path)) !== 'dead') continue
    // Rename first: another process may meanwhile have put a new socket at this path.
    const dead = privatePath(folder)
    try {
      renameSync(path, dead)
      if ((await probeSocket(dead)) !== 'dead') linkSync(dead, path)
      unlinkSync(dead)
    } catch {
      // another process has removed it
    }
  }
}

/** Connects to a socket. Resolves to `dead` if no process listens there, and to `unknown` if that cannot be determined. */
function probeSocket(path: string): Promise<'listening' | 'dead' | 'unknown'> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve('listening')
    })
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED' ? 'dead' : 'unknown'))
  })
}
