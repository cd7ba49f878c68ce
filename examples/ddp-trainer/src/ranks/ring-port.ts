import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { type Message, receiveMessage } from './socket-message.ts'
import type { TcpAddress } from './tcp-address.ts'
import { listen, socketOptions } from './tcp-sockets.ts'

/** Time in which a connection must present the key, in ms. */
const handshakeMs = 10_000

/** The port of a rank to which the next rank connects. Connections without the key are closed. */
export class RingPort {
  readonly key: string = randomBytes(16).toString('hex')
  /** Resolves with the connection of the next rank. */
  readonly next: Promise<Socket>
  /** Where the port is open. */
  readonly address: TcpAddress
  readonly #server: Server
  readonly #closed = new AbortController()

  private constructor(server: Server, address: TcpAddress) {
    this.#server = server
    this.address = address
    this.next = new Promise((resolve) => {
      server.on('connection', async (socket) => {
        if (await this.#hasKey(socket)) resolve(socket)
        else socket.destroy()
      })
    })
  }

  /** Listens at an address of this host, at any port. @param rank this rank, for the error */
  static async open(rank: number, host: string): Promise<RingPort> {
    const server = createServer(socketOptions)
    const port = await listen(server, rank, { host, port: 0 })
    return new RingPort(server, { host, port })
  }

  close(): void {
    this.#server.close()
    this.#closed.abort()
  }

  async #hasKey(socket: Socket): Promise<boolean> {
    socket.on('error', () => {}) // the next read or write rejects with the error
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(handshakeMs)])
    const { key } = await receiveMessage(socket, signal).catch((): Message => ({}))
    return key === this.key
  }
}
