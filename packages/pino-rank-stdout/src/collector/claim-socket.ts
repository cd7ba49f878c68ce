import { randomInt } from 'node:crypto'
import { linkSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { pidExists } from 'pino-rank/process'
import { leftFolders, removeFreshFolder } from './socket-path.ts'

/** How many connections may wait to be accepted: those of thousands of ranks that start together. The system may allow fewer. */
const backlog = 4096

/**
 * Listens at a path that only one process may have: under a private name, which is then linked to the path. Removes sockets that
 * dead collectors left in the folder, but never one at which a collector listens.
 *
 * @param path a path of {@link newSocketPath}
 * @returns false: another collector listens there
 */
export async function claimSocket(server: Server, path: string): Promise<boolean> {
  for (const folder of leftFolders(path)) {
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

/** Returns a path that no other process uses. It is no longer than that of a socket, because a socket's path has few bytes. */
function privatePath(folder: string): string {
  return join(folder, `.${process.pid}-${randomInt(2 ** 32)}`)
}

/** Removes sockets that nobody listens at. */
async function sweep(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const ownerPid = Number(/\.(\d+)-\d+$/.exec(name)?.[1] ?? 0)
    // a process that creates a socket does not listen at once
    if ((ownerPid > 0 && pidExists(ownerPid)) || (await probeSocket(path)) !== 'dead') continue
    // Renamed first, so that a socket that has taken its place since then is not removed.
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

/** Connects to a socket. Resolves to `dead` if nobody listens there, and to `unknown` if it cannot be found out. */
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
