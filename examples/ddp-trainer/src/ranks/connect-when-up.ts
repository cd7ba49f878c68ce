import { on, once } from 'node:events'
import { watch } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'

/** Connects to the Unix socket `path`, and waits until a server listens on it. Rejects when `signal` is aborted. */
export async function connectWhenUp(path: string, signal: AbortSignal): Promise<Socket> {
  const watcher = watch(dirname(path))
  try {
    const changes = on(watcher, 'change', { signal }) // it buffers changes, so none between two attempts is missed
    for (;;) {
      const socket = connect(path)
      try {
        await once(socket, 'connect', { signal })
        return socket
      } catch (error) {
        socket.destroy()
        const { code = '' } = error as NodeJS.ErrnoException
        if (!['ENOENT', 'ECONNREFUSED'].includes(code)) throw error // these two: there is no socket yet, or only that of a dead rank
      }
      await changes.next()
    }
  } finally {
    watcher.close()
  }
}
