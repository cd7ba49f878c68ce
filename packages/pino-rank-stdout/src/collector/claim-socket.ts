import { linkSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { pidExists } from 'pino-rank/process'

let claims = 0

/**
 * Listens at a path that only one process may have: under a private name, which is then linked to the path. What dead collectors
 * left in the folder is removed; what a living one listens at never is.
 *
 * @returns false: another collector listens there
 */
export async function claimSocket(server: Server, path: string): Promise<boolean> {
  await sweep(dirname(path))
  const own = `${path.slice(0, -'.sock'.length)}.${process.pid}-${claims++}`
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(own, resolve)
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

/** Removes sockets that nobody listens at. */
async function sweep(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const ownerPid = Number(/\.(\d+)-\d+$/.exec(name)?.[1] ?? 0)
    if ((ownerPid > 0 && pidExists(ownerPid)) || !(await isDead(path))) continue // a process that creates a socket does not listen at once
    // by a private name: what took its place since is not removed
    const dead = `${path}.${process.pid}-${claims++}`
    try {
      renameSync(path, dead)
      if (!(await isDead(dead))) linkSync(dead, path)
      unlinkSync(dead)
    } catch {
      // another process sweeps, too
    }
  }
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}
