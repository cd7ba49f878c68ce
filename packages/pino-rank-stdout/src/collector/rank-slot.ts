import type { Connection } from './connection.ts'
import { left } from './protocol.ts'
import type { StartWindow } from './start-window.ts'

const newline = 10
/** A longer line is passed on in pieces. */
const longest = 2 ** 20

/** A source of whole lines for the merge. It reads one connection of a rank at a time and sends acknowledgements back to it. */
export class RankSlot implements AsyncIterable<Uint8Array> {
  /** Connections that ended within a line: the rank has died, and that line with it. */
  unfinished = 0
  readonly #waiting: Connection[] = []
  /** The one that is read, or, behind its end, told what is written. */
  #current: Connection | undefined
  #name = ''
  #isReading = false
  /** Bytes that were passed on: of all connections, and before the current one. */
  #passed = 0
  #before = 0
  #written = 0
  #told = 0
  #isOver = false
  #wake = () => {}
  readonly #start: StartWindow

  /** @param start before it is over nothing is passed on */
  constructor(start: StartWindow) {
    this.#start = start
  }

  /** @param name the name of the connection's rank */
  connect(connection: Connection, name: string): void {
    this.#name = name
    this.#start.connected()
    this.#waiting.push(connection)
    this.#wake()
  }

  /** Reports whether the slot is free: it has no connection, and all lines of the last one were taken. */
  get isAway(): boolean {
    return !this.#isReading && this.#waiting.length === 0
  }

  /** So many bytes of this source are written. */
  written(bytes: number): void {
    this.#written = bytes
    if (bytes > this.#told) this.#tell()
  }

  /** Says that we live, where the rank waits for something. */
  beat(): void {
    if (this.#passed > this.#told || this.#current?.waiting) this.#tell()
  }

  /** It ends with the connections that are there. */
  end(): void {
    this.#isOver = true
    this.#wake()
  }

  /** It ends with what has come. */
  cut(): void {
    this.end()
    for (const connection of this.#waiting.splice(0)) connection.destroy()
    this.#current?.cut()
  }

  /**
   * Its ranks take their lines back.
   *
   * @param hasLeft the one that is read knows by then of all that are written
   */
  drop(hasLeft: boolean): void {
    this.end()
    for (const connection of this.#waiting.splice(0)) connection.destroy()
    if (hasLeft) this.#current?.answer(left)
    this.#current?.destroy()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const connection = this.#waiting.shift()
      if (connection) {
        this.#current = connection
        this.#isReading = true
        this.#before = this.#passed
        connection.answer(0)
        await connection.some()
        this.#start.spoke(this.#name)
        await this.#start.over
        yield* this.#linesOf(connection)
        this.#isReading = false
      } else if (this.#isOver) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }

  async *#linesOf(connection: Connection): AsyncGenerator<Uint8Array> {
    const rest: Buffer[] = []
    let length = 0
    for (let chunk = await connection.next(); chunk; chunk = await connection.next()) {
      const isLong = length + chunk.length > longest
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

  #tell(): void {
    if (this.#current?.answer(Math.max(0, this.#written - this.#before))) this.#told = this.#written
  }
}
