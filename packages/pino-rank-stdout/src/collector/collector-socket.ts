import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { type Clock, systemClock } from 'pino-rank-lines/system'
import { claimSocket } from './claim-socket.ts'
import { Connection } from './connection.ts'
import { PendingHandshakes } from './pending-handshakes.ts'
import { type Hello, heartbeatMs, maxEarlyBytes, maxHelloBytes, readHello, refused } from './protocol.ts'
import type { RankSlot } from './rank-slot.ts'
import { SlotTable } from './slot-table.ts'
import { removeSocket } from './socket-path.ts'
import { StartBarrier } from './start-barrier.ts'

const newline = 10
/** Minimum of the limit for connections without a handshake. On a large host the limit is the number of slots. */
const minPending = 64

export interface CollectorSocketOptions {
  /** How many ranks may connect, or the names of the ranks that may, in the order of their first slots. */
  ranks: number | readonly string[]
  /** Maximum time that the first lines wait until all ranks have sent some, in ms. @default 0 */
  startWindowMs?: number | undefined
  /** A secret that ranks must send. @default none: every process of our user may send */
  token?: string | undefined
  /** Reports whether the collector writes to a rank's fd 1, given as device and inode. */
  isOurs: (out: string) => boolean
  /** Called with a warning for the user. */
  warn: (text: string) => void
  clock?: Clock
}

/**
 * Accepts the connections of the ranks of one host. Each connection is a source of the merge. A rank with several
 * loggers has several connections.
 */
export class CollectorSocket {
  readonly slots: readonly RankSlot[]
  /** The rank of each slot. Empty until a connection gets the slot, so it changes while ranks connect. */
  readonly names: readonly string[]
  /** Called when a connection gets a slot that had no rank. */
  onNamed: (slot: number, name: string) => void = () => {}
  readonly #table: SlotTable
  readonly #options: CollectorSocketOptions
  readonly #startBarrier: StartBarrier
  /** Maximum size of the first lines of all ranks that may wait, in bytes. */
  readonly #maxEarlyBytes: number
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #pending: PendingHandshakes
  #path: string | undefined
  #heartbeat: NodeJS.Timeout | undefined
  readonly #warned = new Set<string>()

  constructor(options: CollectorSocketOptions) {
    this.#options = options
    const { ranks, startWindowMs = 0 } = options
    const count = typeof ranks === 'number' ? ranks : ranks.length
    this.#startBarrier = new StartBarrier(startWindowMs, count)
    this.#maxEarlyBytes = maxEarlyBytes(startWindowMs)
    this.#table = new SlotTable(ranks, this.#startBarrier)
    this.slots = this.#table.slots
    this.names = this.#table.names
    const maxPending = Math.max(minPending, this.slots.length)
    this.#pending = new PendingHandshakes(maxPending, options.clock ?? systemClock, (closed) =>
      this.#warnOnce('silence', `closed ${closed}: another program of this user connects to ${this.#path}`),
    )
    this.#server = createServer((socket) => void this.#accept(socket))
    this.#server.unref()
  }

  /** Starts to listen. @returns false if another collector listens at the path */
  async listen(path: string): Promise<boolean> {
    if (!(await claimSocket(this.#server, path))) {
      this.#server.close()
      return false
    }
    this.#path = path
    // for example no descriptor is left; ranks then write to their own stdout
    this.#server.on('error', ({ message }) => this.#warnOnce('accept', `cannot accept a connection: ${message}`))
    this.#heartbeat = setInterval(() => {
      for (const slot of this.slots) slot.sendHeartbeat()
    }, heartbeatMs).unref()
    return true
  }

  /** Counts the connected ranks. A rank with several loggers counts once. */
  get connected(): number {
    return new Set(this.names.filter((_, at) => !this.slots[at]?.isAway)).size
  }

  /** Counts the ranks that died within a line. */
  get unfinished(): number {
    return this.slots.reduce((sum, { unfinished }) => sum + unfinished, 0)
  }

  /** Acknowledges written bytes. @param bytes for each slot: how many of its bytes are written */
  ackWritten(bytes: ArrayLike<number>, from = 0): void {
    for (let at = 0; at < this.slots.length; at++) this.slots[at]?.ackWritten(bytes[from + at] ?? 0) // a hot loop: it runs once for each chunk
  }

  /** Ends the start window: passes on the first lines without waiting for more ranks. */
  start(): void {
    this.#startBarrier.open()
  }

  /** Accepts no more connections. Each slot ends when its rank has ended. */
  end(): void {
    if (this.#path !== undefined) removeSocket(this.#path)
    this.#path = undefined
    this.#server.close()
    this.start()
    for (const slot of this.slots) slot.end()
  }

  /** Stops reading. Each slot ends after the bytes that have been read. */
  stopReading(): void {
    this.end()
    for (const slot of this.slots) slot.stopReading()
  }

  /**
   * Closes all connections. Ranks then write their unacknowledged lines themselves.
   *
   * @param isCleanClose true if all lines that were passed on are written
   */
  destroy(isCleanClose = false): void {
    this.end()
    clearInterval(this.#heartbeat)
    for (const slot of this.slots) slot.destroy(isCleanClose)
    for (const connection of this.#connections) connection.destroy()
  }

  async #accept(socket: Socket): Promise<void> {
    const connection = new Connection(
      socket,
      () => this.#mayReadAhead(),
      () => {
        this.#connections.delete(connection)
        this.#pending.delete(connection)
      },
    )
    this.#connections.add(connection)
    this.#pending.add(connection)
    let received: Buffer = Buffer.alloc(0)
    while (!received.includes(newline) && received.length <= maxHelloBytes) {
      const more = await connection.next()
      if (!more) return
      received = Buffer.concat([received, more])
    }
    this.#pending.delete(connection)
    const end = received.indexOf(newline) + 1
    const hello = readHello(received.toString('utf8', 0, end))
    if (!hello) this.#warnOnce('handshake', 'refused a connection: what it sent is not a handshake of pino-rank-stdout')
    connection.unshift(received.subarray(end))
    const name = hello && this.#nameOf(hello)
    const slot = name === undefined ? undefined : this.#slotOf(name)
    if (name === undefined || !slot) return connection.end(refused)
    slot.connect(connection, name)
  }

  /** Reports whether more bytes may be read before the ones that were read are passed on. True only within the start window. */
  #mayReadAhead(): boolean {
    if (this.#startBarrier.isOpen) return false
    const waiting = [...this.#connections].reduce((sum, connection) => sum + connection.waiting, 0)
    if (waiting > this.#maxEarlyBytes) this.start()
    return !this.#startBarrier.isOpen
  }

  /** Returns the name of the rank. Undefined if the rank may not send lines to this collector. */
  #nameOf({ rank, token, merge, out, pid }: Hello): string | undefined {
    const { token: own, isOurs } = this.#options
    if (own !== undefined && !isSame(own, token)) {
      const state = token === undefined ? 'not set' : 'wrong'
      const fix = 'start ranks with the variables that their collector gives them'
      this.#warnOnce('token', `rank ${rank} writes to its own stdout: its RANKLOG_TOKEN is ${state}; ${fix}`)
      return undefined
    }
    if (merge === 'auto' && !isOurs(out)) return undefined
    return rank === 'unknown' ? `unknown-${pid}` : String(rank)
  }

  #slotOf(name: string): RankSlot | undefined {
    const at = this.#table.find(name)
    if (at === 'tooMany') {
      const { ranks } = this.#options
      const count = typeof ranks === 'number' ? ranks : ranks.length
      this.#warnOnce(
        'ranks',
        `more than ${count} ranks, or than ${this.slots.length} loggers at the same time, want to send; the others write to their own stdout`,
      )
    }
    if (typeof at === 'string') return undefined
    if (this.#table.take(at, name)) this.onNamed(at, name)
    return this.slots[at]
  }

  /** Warns once for each kind of fault. */
  #warnOnce(kind: 'silence' | 'accept' | 'handshake' | 'token' | 'ranks', text: string): void {
    if (this.#warned.has(kind)) return
    this.#warned.add(kind)
    this.#options.warn(text)
  }
}

function isSame(own: string, given: unknown): boolean {
  const [a, b] = [Buffer.from(own), Buffer.from(String(given))]
  return a.length === b.length && timingSafeEqual(a, b)
}
