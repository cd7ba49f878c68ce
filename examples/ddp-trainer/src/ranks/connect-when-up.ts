import { on, once } from 'node:events'
import { watch } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { SocketReader } from './socket-reader.ts'

/** Connects to the Unix socket `path`, and waits until a server listens on it. Rejects when `signal` is aborted. */
export async function connectWhenUp(
  path: string,
  signal: AbortSignal,
): Promise<{ socket: Socket; reader: SocketReader }> {
  const watcher = watch(dirname(path))
  try {
    const changes = on(watcher, 'change', { signal }) // it buffers changes, so none between two attempts is missed
    for (;;) {
      const reader = new SocketReader()
      const socket = reader.connect({ path })
      try {
        await once(socket, 'connect', { signal })
        return { socket, reader }
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
