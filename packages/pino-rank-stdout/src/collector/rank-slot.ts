import type { Connection } from './connection.ts'
import { closed } from './protocol.ts'
import type { StartBarrier } from './start-barrier.ts'

const newline = 10
/** Maximum length of a line that is passed on as a whole, in bytes. A longer line is passed on in pieces. */
const maxLineBytes = 2 ** 20

/** A source of whole lines for the merge. It reads one connection at a time, and sends acknowledgements back to the rank. */
export class RankSlot implements AsyncIterable<Uint8Array> {
  /** Number of connections that ended within a line, because the rank died while it wrote that line. */
  unfinished = 0
  readonly #waiting: Connection[] = []
  /** The connection that is being read, or was read last. After its end it still gets acknowledgements. */
  #current: Connection | undefined
  #name = ''
  #isReading = false
  /** Number of bytes that were passed on: in all, and before the current connection. */
  #deliveredBytes = 0
  #deliveredBefore = 0
  #writtenBytes = 0
  #ackedBytes = 0
  #isEnded = false
  #wake = () => {}
  readonly #startBarrier: StartBarrier

  /** @param startBarrier no line is passed on before it is open */
  constructor(startBarrier: StartBarrier) {
    this.#startBarrier = startBarrier
  }

  /** Adds a connection. @param name the name of its rank */
  connect(connection: Connection, name: string): void {
    this.#name = name
    this.#startBarrier.addConnection()
    this.#waiting.push(connection)
    this.#wake()
  }

  /** True if the slot is free: it has no connection, and all lines of the last one were passed on. */
  get isAway(): boolean {
    return !this.#isReading && this.#waiting.length === 0
  }

  /** Acknowledges written bytes. @param bytes how many bytes of this source are written, in all */
  ackWritten(bytes: number): void {
    this.#writtenBytes = bytes
    if (bytes > this.#ackedBytes) this.#sendAck()
  }

  /** Sends a heartbeat if the rank waits for an acknowledgement. */
  sendHeartbeat(): void {
    if (this.#deliveredBytes > this.#ackedBytes || this.#current?.waiting) this.#sendAck()
  }

  /** Ends the source after the connections that it has now. */
  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  /** Ends the source after the bytes that have been read. */
  stopReading(): void {
    this.end()
    for (const connection of this.#waiting.splice(0)) connection.destroy()
    this.#current?.stopReading()
  }

  /**
   * Closes its connections. The ranks then write their unacknowledged lines themselves.
   *
   * @param isCleanClose true if all lines that were passed on are written
   */
  destroy(isCleanClose: boolean): void {
    this.end()
    for (const connection of this.#waiting.splice(0)) connection.destroy()
    if (isCleanClose) this.#current?.sendAck(closed)
    this.#current?.destroy()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const connection = this.#waiting.shift()
      if (connection) {
        this.#current = connection
        this.#isReading = true
        this.#deliveredBefore = this.#deliveredBytes
        connection.sendAck(0)
        await connection.untilReadable()
        this.#startBarrier.markReady(this.#name)
        await this.#startBarrier.whenOpen
        yield* this.#linesOf(connection)
        this.#isReading = false
      } else if (this.#isEnded) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }

  async *#linesOf(connection: Connection): AsyncGenerator<Uint8Array> {
    const rest: Buffer[] = []
    let length = 0
    for (let chunk = await connection.next(); chunk; chunk = await connection.next()) {
      const isLong = length + chunk.length > maxLineBytes
      const end = isLong ? chunk.length : chunk.lastIndexOf(newline) + 1
      if (end > 0) {
        for (const part of [...rest.splice(0), chunk.subarray(0, end)]) {
          this.#deliveredBytes += part.length
          yield part
        }
        length = 0
      }
      if (end === chunk.length) continue
      rest.push(Buffer.from(chunk.subarray(end)))
      length += chunk.length - end
    }
    if (length > 0) this.unfinished++
  }

  #sendAck(): void {
    if (this.#current?.sendAck(Math.max(0, this.#writtenBytes - this.#deliveredBefore)))
      this.#ackedBytes = this.#writtenBytes
  }
}
