import type { Connection } from './connection.ts'
import { closed } from './protocol.ts'
import type { StartBarrier } from './start-barrier.ts'

const newline = 10
/** A longer line is passed on in pieces. */
const maxLineBytes = 2 ** 20

/** A source of whole lines for the merge. It reads one connection of a rank at a time and sends acknowledgements back to it. */
export class RankSlot implements AsyncIterable<Uint8Array> {
  /** Connections that ended within a line: the rank died while it wrote that line. */
  unfinished = 0
  readonly #waiting: Connection[] = []
  /** The connection that is read. After its end it still gets acknowledgements. */
  #current: Connection | undefined
  #name = ''
  #isReading = false
  /** Bytes that were passed on: of all connections, and before the current one. */
  #passed = 0
  #passedBefore = 0
  #written = 0
  #acked = 0
  #isEnded = false
  #wake = () => {}
  readonly #startBarrier: StartBarrier

  /** @param startBarrier nothing is passed on before it is open */
  constructor(startBarrier: StartBarrier) {
    this.#startBarrier = startBarrier
  }

  /** @param name the name of the connection's rank */
  connect(connection: Connection, name: string): void {
    this.#name = name
    this.#startBarrier.addConnection()
    this.#waiting.push(connection)
    this.#wake()
  }

  /** Reports whether the slot is free: it has no connection, and all lines of the last one were taken. */
  get isAway(): boolean {
    return !this.#isReading && this.#waiting.length === 0
  }

  /** Acknowledges the first bytes of this source, which are written. */
  ackWritten(bytes: number): void {
    this.#written = bytes
    if (bytes > this.#acked) this.#sendAck()
  }

  /** Sends a heartbeat if the rank waits for an acknowledgement. */
  sendHeartbeat(): void {
    if (this.#passed > this.#acked || this.#current?.waiting) this.#sendAck()
  }

  /** Ends the source after the connections that are there now. */
  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  /** Ends the source with the bytes that have been read. */
  stopReading(): void {
    this.end()
    for (const connection of this.#waiting.splice(0)) connection.destroy()
    this.#current?.stopReading()
  }

  /**
   * Closes its connections. The ranks then write the lines themselves that were not acknowledged.
   *
   * @param isCleanClose all lines that were taken are written
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
        this.#passedBefore = this.#passed
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
          this.#passed += part.length
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
    if (this.#current?.sendAck(Math.max(0, this.#written - this.#passedBefore))) this.#acked = this.#written
  }
}
