import { once } from 'node:events'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { NeighbourLost } from './ring-errors.ts'
import type { SocketReader } from './socket-reader.ts'
import { addressText, type TcpAddress } from './tcp-address.ts'

/** Options of the sockets. Keep-alive reports the loss of a host's power or network on an idle connection. */
export const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }

/** Delays between two attempts to connect, in ms. */
const [minDelayMs, maxDelayMs] = [20, 1000]

/** Errors after which another attempt may succeed, because the other host or program starts later. */
const transientCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN']

const unresolved = 'the name does not resolve. Set MASTER_ADDR to the IP address of the host of rank 0, on all ranks'

const listenFixes: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another program or job. Set DDP_PORT to a free port, the same on all ranks',
  EADDRNOTAVAIL: 'this host does not have that address. Set MASTER_ADDR to the host of rank 0, on all ranks',
  EACCES: 'ports below 1024 are for root. Set DDP_PORT to another port, the same on all ranks',
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
}

/** Listens at an address. Returns the port. @throws {Error} that has the rank, the address and what to do */
export async function listen(server: Server, rank: number, address: TcpAddress): Promise<number> {
  try {
    await once(server.listen(address), 'listening')
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new Error(`rank ${rank} cannot listen at ${addressText(address)}: ${listenFixes[code] ?? message}`, { cause })
  }
  return (server.address() as AddressInfo).port
}

export interface ConnectOptions {
  /** This rank. */
  rank: number
  /** The rank that listens at the address. */
  to: number
  signal: AbortSignal
  /** Reads the connection, instead of the socket itself. */
  reader?: SocketReader
}

/**
 * Connects to a rank. Tries again with a growing delay until the rank listens.
 *
 * @throws {NeighbourLost} when `signal` is aborted, or at once if the name does not resolve. It has both ranks, the address, the last
 * error and what to do
 */
export async function connectToRank(
  address: TcpAddress,
  { rank, to, signal, reader }: ConnectOptions,
): Promise<Socket> {
  let reason = 'no response'
  for (let delayMs = minDelayMs; !signal.aborted; delayMs = Math.min(2 * delayMs, maxDelayMs)) {
    const options = { ...address, ...socketOptions }
    const socket = reader ? reader.connect(options) : connect(options)
    try {
      await once(socket, 'connect', { signal })
      if (!isItsOwnPeer(socket)) return socket.on('error', () => {}) // the next read or write rejects with the error
      reason = 'ECONNREFUSED'
    } catch (error) {
      socket.destroy()
      if (signal.aborted) break
      reason = (error as NodeJS.ErrnoException).code ?? String(error)
      if (!transientCodes.includes(reason)) break
    }
    socket.destroy()
    await setTimeout(delayMs, undefined, { signal }).catch(() => {})
  }
  const isUnresolved = reason === 'ENOTFOUND' || reason === 'EAI_AGAIN'
  const fix = `Check that rank ${to} runs, and that no firewall between the hosts blocks the port`
  const why = isUnresolved ? unresolved : `${reason}. ${fix}`
  throw new NeighbourLost(`rank ${rank} cannot connect to rank ${to} at ${addressText(address)}: ${why}`)
}

/** Reports whether the system connected a socket to itself. It may do so at a port without a server that it gives to clients. */
function isItsOwnPeer({ localPort, remotePort, localAddress, remoteAddress }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress
}
