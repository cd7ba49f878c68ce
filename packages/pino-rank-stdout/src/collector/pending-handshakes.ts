import type { Clock } from 'pino-rank-lines/system'
import type { Connection } from './connection.ts'

/**
 * Timeout for the handshake of a connection, in ms. A rank sends it when it connects, so only a stopped process needs
 * longer.
 */
export const maxHandshakeMs = 10_000

/**
 * Connections whose handshake is not complete. They are closed after a timeout. Their number is limited too, because
 * each takes a descriptor. Beyond the limit the oldest are closed, but never one whose handshake has arrived.
 */
export class PendingHandshakes {
  readonly #maxCount: number
  readonly #clock: Clock
  readonly #onClosed: (closed: string) => void
  /** Oldest first, each with the function that cancels its timer. */
  readonly #pending = new Map<Connection, () => void>()
  #isChecking = false

  /** @param onClosed called when a connection was closed, with a text for the user that says which one, and why */
  constructor(maxCount: number, clock: Clock, onClosed: (closed: string) => void) {
    this.#maxCount = maxCount
    this.#clock = clock
    this.#onClosed = onClosed
  }

  add(connection: Connection): void {
    // If this process was stopped or busy, the handshake may have arrived but not been read. One turn of the event loop reads it.
    const expired = `a connection that sent no handshake within ${maxHandshakeMs / 1000} s`
    const expire = () => this.#clock.nextTurn(() => this.#close(connection, expired))
    this.#pending.set(connection, this.#clock.after(maxHandshakeMs, expire))
    if (this.#pending.size > this.#maxCount) this.#checkCountLater()
  }

  /** Called when the handshake is complete, or the connection has ended. */
  delete(connection: Connection): void {
    this.#pending.get(connection)?.()
    this.#pending.delete(connection)
  }

  /**
   * Closes the oldest connections beyond the limit. Waits two turns of the event loop, in which handshakes that have
   * arrived are read.
   */
  #checkCountLater(): void {
    if (this.#isChecking) return
    this.#isChecking = true
    const check = () => {
      this.#isChecking = false
      for (const connection of [...this.#pending.keys()].slice(0, -this.#maxCount))
        this.#close(connection, `the oldest of more than ${this.#maxCount} connections that sent no handshake`)
    }
    this.#clock.nextTurn(() => this.#clock.nextTurn(check))
  }

  #close(connection: Connection, closed: string): void {
    if (!this.#pending.has(connection)) return
    this.delete(connection)
    connection.destroy()
    this.#onClosed(closed)
  }
}
