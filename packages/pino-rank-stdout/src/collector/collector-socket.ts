import { timingSafeEqual } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { claimSocket } from './claim-socket.ts'
import { Connection } from './connection.ts'
import { type Hello, heartbeatMs, mostEarly, mostHello, readHello, refused } from './protocol.ts'
import { RankSlot } from './rank-slot.ts'
import { StartWindow } from './start-window.ts'

const newline = 10

export interface CollectorSocketOptions {
  /** How many ranks may send their lines; or which, in the order of their slots. */
  ranks: number | readonly string[]
  /** How long the first lines wait at most for all ranks to have spoken, in ms. @default 0 */
  startWindowMs?: number | undefined
  /** What they must say, beside being of our user. */
  token?: string | undefined
  /** Is this fd 1, as device and inode, one that leads to where the collector writes? */
  isOurs: (out: string) => boolean
  /** Told what the operator is to know. */
  say: (text: string) => void
}

/** Where ranks of one host bring their lines: a source for each. */
export class CollectorSocket {
  readonly slots: readonly RankSlot[]
  /** The rank of each slot that is taken. */
  readonly names: string[]
  readonly #options: CollectorSocketOptions
  readonly #start: StartWindow
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  #path: string | undefined
  #beats: NodeJS.Timeout | undefined
  #isTold = false

  constructor(options: CollectorSocketOptions) {
    this.#options = options
    const { ranks, startWindowMs = 0 } = options
    const count = typeof ranks === 'number' ? ranks : ranks.length
    this.names = typeof ranks === 'number' ? [] : [...ranks]
    this.#start = new StartWindow(startWindowMs, count)
    this.slots = Array.from({ length: count }, () => new RankSlot(this.#start))
    this.#server = createServer((socket) => void this.#greet(socket))
    this.#server.unref()
  }

  /** @returns false: another collector listens there */
  async listen(path: string): Promise<boolean> {
    if (!(await claimSocket(this.#server, path))) {
      this.#server.close()
      return false
    }
    this.#path = path
    this.#beats = setInterval(() => {
      for (const slot of this.slots) slot.beat()
    }, heartbeatMs).unref()
    return true
  }

  /** Ranks that are connected. */
  get connected(): number {
    return this.slots.filter(({ isAway }) => !isAway).length
  }

  /** Ranks that died within a line. */
  get unfinished(): number {
    return this.slots.reduce((sum, { unfinished }) => sum + unfinished, 0)
  }

  /** So many bytes of each slot are written. */
  written(bytes: ArrayLike<number>, from = 0): void {
    for (const [at, slot] of this.slots.entries()) slot.written(bytes[from + at] ?? 0)
  }

  /** Waits for no more ranks before it passes on the first lines. */
  start(): void {
    this.#start.end()
  }

  /** Takes no more ranks; each slot ends when its rank has. */
  end(): void {
    if (this.#path !== undefined) rmSync(this.#path, { force: true })
    this.#path = undefined
    this.#server.close()
    this.start()
    for (const slot of this.slots) slot.end()
  }

  /** Takes no more lines; each slot ends with what has come. */
  cut(): void {
    this.end()
    for (const slot of this.slots) slot.cut()
  }

  /**
   * Ranks take their lines back that are not written.
   *
   * @param hasLeft all that was taken is written
   */
  drop(hasLeft = false): void {
    this.end()
    clearInterval(this.#beats)
    for (const slot of this.slots) slot.drop(hasLeft)
    for (const connection of this.#connections) connection.destroy()
  }

  async #greet(socket: Socket): Promise<void> {
    const connection = new Connection(socket, () => this.#waits())
    this.#connections.add(connection)
    socket.on('close', () => this.#connections.delete(connection))
    let said: Buffer = Buffer.alloc(0)
    while (!said.includes(newline) && said.length <= mostHello) {
      const more = await connection.next()
      if (!more) return
      said = Buffer.concat([said, more])
    }
    const end = said.indexOf(newline) + 1
    const hello = readHello(said.toString('utf8', 0, end))
    connection.unread(said.subarray(end))
    const slot = hello && this.#slotOf(hello)
    if (!slot) return connection.end(refused)
    slot.connect(connection)
  }

  /** Is more to be read, though it cannot be passed on yet? */
  #waits(): boolean {
    if (this.#start.isOver) return false
    const waiting = [...this.#connections].reduce((sum, connection) => sum + connection.waiting, 0)
    if (waiting > mostEarly(this.#options.startWindowMs ?? 0)) this.start()
    return !this.#start.isOver
  }

  #slotOf({ rank, token, merge, out, pid }: Hello): RankSlot | undefined {
    const { token: own, isOurs, say } = this.#options
    if (own !== undefined && !isSame(own, token)) return undefined
    if (merge === 'auto' && !isOurs(out)) return undefined
    const name = rank === 'unknown' ? `unknown-${pid}` : String(rank)
    const known = this.names.indexOf(name)
    if (known !== -1) return this.slots[known]
    if (this.names.length < this.slots.length) return this.slots[this.names.push(name) - 1]
    if (!this.#isTold) say(`more than ${this.slots.length} ranks; the others write to their own stdout`)
    this.#isTold = true
    return undefined
  }
}

function isSame(own: string, given: unknown): boolean {
  const [a, b] = [Buffer.from(own), Buffer.from(String(given))]
  return a.length === b.length && timingSafeEqual(a, b)
}
