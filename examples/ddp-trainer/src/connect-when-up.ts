import { on, once } from 'node:events'
import { watch } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'

/** Connects to the unix socket `path`, now or as soon as somebody listens on it. Rejects when `signal` fires. */
export async function connectWhenUp(path: string, signal: AbortSignal): Promise<Socket> {
  const watcher = watch(dirname(path))
  try {
    const changes = on(watcher, 'change', { signal }) // buffers: no change between two tries is missed
    for (;;) {
      const socket = connect(path)
      try {
        await once(socket, 'connect', { signal })
        return socket
      } catch (error) {
        socket.destroy()
        const { code = '' } = error as NodeJS.ErrnoException
        if (!['ENOENT', 'ECONNREFUSED'].includes(code)) throw error // absent, or a dead rank's left-over
      }
      await changes.next()
    }
  } finally {
    watcher.close()
  }
}
