import { once } from 'node:events'
import { rename, rm, rmdir } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { connectWhenUp } from './connect-when-up.ts'
import { NeighbourLost } from './ring-errors.ts'
import { defaultJoinTimeoutMs, type RingSockets } from './socket-channel.ts'

export interface UnixRingOptions {
  rank: number
  worldSize: number
  /** Where the ranks create their sockets. It must be for this job alone, and is removed when all ranks have joined. */
  directory: string
  /** Time that the other ranks have to join. @default 60 s */
  timeoutMs?: number
}

/** Connects to the neighbours by Unix sockets. @throws {NeighbourLost} if they have not joined after the timeout */
export async function joinUnixRing(options: UnixRingOptions): Promise<RingSockets> {
  const { rank, worldSize, directory, timeoutMs = defaultJoinTimeoutMs } = options
  const socketPath = join(directory, `${rank}`)
  const signal = AbortSignal.timeout(timeoutMs)
  const server = createServer()
  const accepted = once(server, 'connection', { signal })
  accepted.catch(() => {}) // awaited below
  let previous: Socket | undefined
  try {
    await once(server.listen(`${socketPath}.new`), 'listening')
    await rename(`${socketPath}.new`, socketPath) // a neighbour finds it only when it is listening
    const before = join(directory, `${(rank + worldSize - 1) % worldSize}`)
    const { socket, reader } = await connectWhenUp(before, signal)
    previous = socket
    const [next] = await accepted
    return { next, previous, reader }
  } catch (cause) {
    previous?.destroy()
    if (!signal.aborted) throw cause
    const what = `rank ${rank} waited ${timeoutMs / 1000} s for its neighbours in the ring`
    throw new NeighbourLost(`${what}. If they are on other hosts, set DDP_COLLECTIVES=tcp on all ranks`, { cause })
  } finally {
    server.close()
    await rm(socketPath, { force: true })
    await rmdir(directory).catch(() => {}) // succeeds for the last rank
  }
}
