import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Failure, type Placement, type Registration, Rendezvous, type RingJob } from './rendezvous.ts'
import { NeighbourLost } from './ring-errors.ts'
import { RingPort } from './ring-port.ts'
import { defaultJoinTimeoutMs, type RingSockets } from './socket-channel.ts'
import { receiveMessage, sendMessage } from './socket-message.ts'
import { SocketReader } from './socket-reader.ts'
import { addressText, type TcpAddress } from './tcp-address.ts'
import { connectToRank } from './tcp-sockets.ts'

/** Added to the timeout while a rank waits for the response, so that the reason of rank 0 arrives first, in ms. */
const replyMs = 5_000

/** Time until a rank registers again, if rank 0 is still in an earlier attempt, in ms. */
const retryMs = 500

export interface TcpRingOptions extends RingJob {
  rank: number
  /** Where rank 0 listens until all ranks have joined: the same on all ranks. */
  rendezvous: TcpAddress
  /** Time that the other ranks have to join. @default 60 s */
  timeoutMs?: number
}

type Options = Required<TcpRingOptions>

/**
 * Connects to the neighbours by TCP. Each rank listens on the address from which it connects to rank 0, and registers there. Rank 0
 * then sends each rank the address of its previous rank.
 *
 * @throws {NeighbourLost} if ranks are missing after the timeout; rank 0 sends their numbers to the others
 * @throws {Error} if rank 0 cannot listen, if this rank belongs to another job or attempt, or if another process has the same rank
 */
export async function joinTcpRing({
  timeoutMs = defaultJoinTimeoutMs,
  ...place
}: TcpRingOptions): Promise<RingSockets> {
  const options: Options = { ...place, timeoutMs }
  const { rank, rendezvous, runKey, attempt, worldSize } = options
  const server = rank === 0 ? await Rendezvous.start(rendezvous, { runKey, attempt, worldSize }, timeoutMs) : undefined
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    for (;;) {
      const result = await join(options, signal)
      if ('reader' in result) return result
      const { kind, reason } = result
      const error = kind === 'refused' ? new Error(reason) : new NeighbourLost(`rank ${rank}: ${reason}`)
      if (kind !== 'retry') throw error
      await setTimeout(retryMs, undefined, { signal }).catch(() => Promise.reject(error))
    }
  } finally {
    server?.close()
  }
}

/** Registers once. Returns the sockets, or why rank 0 gave no place in the ring. */
async function join(options: Options, signal: AbortSignal): Promise<RingSockets | Failure> {
  const { rank, rendezvous, runKey, attempt, worldSize } = options
  const toRankZero = await connectToRank(rendezvous, { rank, to: 0, signal })
  const own = await RingPort.open(rank, toRankZero.localAddress as string)
  try {
    const { key, address } = own
    const reply = await register(toRankZero, { runKey, attempt, worldSize, rank, port: address.port, key }, options)
    return 'kind' in reply ? reply : await connectNeighbours(own, reply, options)
  } finally {
    toRankZero.destroy()
    own.close()
  }
}

async function register(
  socket: Socket,
  registration: Registration,
  { rank, rendezvous, timeoutMs }: Options,
): Promise<Placement | Failure> {
  sendMessage(socket, registration)
  try {
    const reply = await receiveMessage(socket, AbortSignal.timeout(timeoutMs + replyMs))
    if ('previous' in reply || 'kind' in reply) return reply as unknown as Placement | Failure
    throw new Error('another message')
  } catch (cause) {
    const what = `rank ${rank} received no response from rank 0 at ${addressText(rendezvous)}`
    const fix = 'If rank 0 runs, another program uses this port: set DDP_PORT to a free port on all ranks'
    throw new NeighbourLost(`${what}. ${fix}`, { cause })
  }
}

async function connectNeighbours(
  own: RingPort,
  { previous: address, key }: Placement,
  options: Options,
): Promise<RingSockets> {
  const { rank, worldSize, timeoutMs } = options
  const signal = AbortSignal.timeout(timeoutMs)
  const reader = new SocketReader()
  const previous = await connectToRank(address, { rank, to: (rank + worldSize - 1) % worldSize, signal, reader })
  sendMessage(previous, { key })
  const next = await Promise.race([own.next, once(signal, 'abort').then(() => undefined)])
  if (next) return { next, previous, reader }
  previous.destroy()
  const what = `rank ${rank} waited ${timeoutMs / 1000} s for rank ${(rank + 1) % worldSize} to connect`
  throw new NeighbourLost(
    `${what} to ${addressText(own.address)}. Check that no firewall between the hosts blocks the ports`,
  )
}
