import { type Clock, systemClock } from 'pino-rank-lines/system'
import {
  closed,
  type Hello,
  heartbeatMs,
  maxSilenceMs,
  refused,
  startWindowBytes,
  windowBytes,
} from '../collector/index.ts'
import { ClientSocket } from './client-socket.ts'
import { collectorFull } from './collector-full.ts'
import { RetrySchedule } from './retry-schedule.ts'
import { RoomWait } from './room-wait.ts'
import { UnackedLines } from './unacked-lines.ts'

/**
 * The longest pause between two looks at a collector that is full, in ms for each rank of the host. A check costs CPU time, so
 * hundreds of ranks that check every ms would leave the collector none.
 */
const maxPausePerRankMs = 1 / 16
/** The pause between two looks for the answer to the hello, in ms. */
const handshakePollMs = 1
/** How often lines are sent on that the socket had no room for, in ms, while the program does not log. */
const unsentPollMs = 20

export interface CollectorClientOptions {
  /** Number of ranks on this host. @default 1 */
  ranks?: number | undefined
  hello: Hello
  /** Returns the path at which a collector listens. Undefined if there is none now. */
  path: () => string | undefined
  /** Called with lines that were not acknowledged. `isSure`: the collector closed cleanly, so it has not written them. */
  onLost: (lines: Buffer, isSure: boolean) => void
  /** Until this time, in ms on the clock, the client looks for a collector often. @default 0 */
  eagerUntil?: number
  clock?: Clock
}

/**
 * Connects a rank to its host's collector, and sends in the call that logs. Lines are kept until they are acknowledged, at most
 * 256 KiB (4 MiB until the first are written). While that many bytes are unacknowledged the collector is full: a call waits for a
 * moment, and not again before there is room. A collector that is silent for too long is disconnected.
 */
export class CollectorClient {
  readonly #options: CollectorClientOptions
  readonly #clock: Clock
  readonly #retry: RetrySchedule
  readonly #wait: RoomWait
  readonly #unacked = new UnackedLines()
  #state: 'idle' | 'connecting' | 'open' | 'refused' = 'idle'
  #socket: ClientSocket | undefined
  #lastAckAt = 0
  #isCleanClose = false
  /** How many bytes may be unacknowledged now. */
  #window = windowBytes
  #cancelPoll: (() => void) | undefined

  constructor(options: CollectorClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#retry = new RetrySchedule(options.eagerUntil ?? 0)
    this.#wait = new RoomWait(this.#clock, maxPausePerRankMs * (options.ranks ?? 1))
    this.#connect()
  }

  /** Bytes that are not acknowledged. */
  get unackedBytes(): number {
    return this.#unacked.length
  }

  /** Reports whether there is a collector now. Looks for one if it is time to. */
  tryConnect(): boolean {
    if (this.#state === 'connecting') this.#advance()
    if (this.#state === 'idle' && this.#retry.isDue(this.#clock.now())) this.#connect()
    return this.#state === 'open'
  }

  /** `connecting`: a collector that is there has not answered the hello. `refused`: none is looked for any more. */
  get state(): 'idle' | 'connecting' | 'open' | 'refused' {
    return this.#state
  }

  /** Waits for the answer to the hello, for at most `ms`; if there is no collector, as long as one `isStarting`. */
  awaitHandshake(ms: number, isStarting: () => boolean): void {
    const until = this.#clock.now() + ms
    const mayCome = () => this.#state === 'connecting' || (this.#state === 'idle' && isStarting())
    while (!this.tryConnect() && mayCome() && this.#clock.now() < until) this.#clock.pause(handshakePollMs)
  }

  /** Sends what there is room for. Returns true if lines are left: unsent, or with `untilAcked` also unacknowledged. */
  isSending(untilAcked: boolean): boolean {
    return this.#advance() && (untilAcked ? this.#unacked : this.#unacked.unsent).length > 0
  }

  /** From now on a call waits for a collector that is full as long as it is alive: the last lines are sent. */
  beforeEnd(): void {
    this.#wait.isEnding = true
  }

  /**
   * Takes whole lines and sends them. Returns false if there is no collector now. `onLost` was then called with the lines before.
   *
   * @throws EAGAIN if the collector takes nothing now; nothing of the lines was taken
   */
  send(lines: Buffer): boolean {
    if (!this.tryConnect()) return false
    if (this.#unacked.length > windowBytes / 2) this.#readAcks()
    if (!this.#awaitRoom(lines.length)) {
      if (this.#state === 'open') throw collectorFull
      return false
    }
    if (this.#unacked.length === 0) this.#lastAckAt = this.#clock.now()
    this.#unacked.add(lines)
    this.#writeUnsent()
    if (this.#unacked.unsent.length > 0) this.#awaitRoom(0)
    this.#pollLater()
    return true
  }

  /** Waits until everything is acknowledged, for at most `ms`. At the end, it waits longer until everything is sent. */
  flush(ms: number): void {
    const until = this.#clock.now() + ms
    this.#awaitRoom(0)
    while (this.#state === 'open' && this.#unacked.length > 0 && this.#clock.now() < until) {
      if (this.#advance() && this.#unacked.length > 0) this.#clock.pause(this.#wait.nextPauseMs())
    }
  }

  /** Closes the connection. `onLost` is called with the lines that were not acknowledged. */
  close(): void {
    if (this.#state === 'open' && this.#readAcks()) this.#disconnect()
    this.#reset('refused')
  }

  #hasRoom(length: number): boolean {
    const { length: unacked, unsent } = this.#unacked
    if (this.#state !== 'open' || unsent.length > 0) return false
    return length === 0 || unacked === 0 || unacked + length <= this.#window
  }

  /** Waits a moment until everything is sent and there is room for more. Returns false if there is none, or no collector any more. */
  #awaitRoom(length: number): boolean {
    if (this.#hasRoom(length)) return true
    if (!this.#wait.start()) return false
    while (this.#advance()) {
      if (this.#hasRoom(length)) {
        this.#wait.end()
        return true
      }
      if (!this.#wait.pause()) return false
    }
    return false
  }

  /** Reads acknowledgements and sends what there is room for. Returns false if the collector has gone, or was silent for too long. */
  #advance(): boolean {
    if (this.#readAcks()) this.#writeUnsent()
    if (this.#socket && this.#clock.now() - this.#lastAckAt > maxSilenceMs) this.#disconnect()
    return this.#state === 'open'
  }

  #writeUnsent(): void {
    for (let { unsent } = this.#unacked; unsent.length > 0 && this.#socket; { unsent } = this.#unacked) {
      const count = this.#socket.write(unsent)
      if (count === 0) return
      if (count === -1) this.#disconnect()
      else this.#unacked.unsent = unsent.subarray(count)
    }
  }

  /** Reads acknowledgements. Returns false if the collector has gone. */
  #readAcks(): boolean {
    if (!this.#socket) return false
    const { acks, isClosed } = this.#socket.readAcks()
    for (const ack of acks) this.#onAck(ack)
    if (isClosed && this.#socket) this.#disconnect()
    return this.#socket !== undefined
  }

  #onAck(ack: number): void {
    this.#lastAckAt = this.#clock.now()
    this.#wait.shorten()
    if (ack === refused) {
      this.#reset('refused')
      return
    }
    if (this.#state === 'connecting') this.#state = 'open'
    if (ack > 0) this.#window = windowBytes
    this.#retry.reset()
    this.#applyAck(ack)
  }

  #applyAck(ack: number): void {
    if (ack === closed) this.#isCleanClose = true
    else if (ack !== refused) this.#unacked.ack(ack)
  }

  #connect(): void {
    const path = this.#options.path()
    if (path === undefined) {
      this.#retry.retryLater(this.#clock.now())
      return
    }
    const socket = new ClientSocket(path, () => {
      if (this.#socket === socket) this.#disconnect()
    })
    this.#socket = socket
    if (socket.hasDescriptor) this.#sendHello(socket)
    else this.#reset('refused')
  }

  #sendHello(socket: ClientSocket): void {
    this.#state = 'connecting'
    this.#window = startWindowBytes
    this.#isCleanClose = false
    this.#wait.end()
    this.#lastAckAt = this.#clock.now()
    if (socket.write(Buffer.from(`${JSON.stringify(this.#options.hello)}\n`)) === -1) this.#disconnect()
    this.#pollLater()
  }

  /** Polls for acknowledgements while the program does not log. */
  #pollLater(): void {
    if (this.#state !== 'open' && this.#state !== 'connecting') return
    this.#cancelPoll ??= this.#clock.after(this.#unacked.unsent.length > 0 ? unsentPollMs : heartbeatMs, () => {
      this.#cancelPoll = undefined
      if (!this.#readAcks()) return
      if (this.#state === 'open' && this.#unacked.length === 0) return
      if (this.#state !== 'open' || this.#advance()) this.#pollLater()
    })
  }

  #disconnect(): void {
    // acknowledgements that arrived before the end
    this.#socket?.readAcks().acks.forEach(this.#applyAck, this)
    this.#reset('idle')
    this.#retry.retryLater(this.#clock.now())
    const lines = this.#unacked.takeAll()
    if (lines.length > 0) this.#options.onLost(lines, this.#isCleanClose)
  }

  #reset(state: 'idle' | 'refused'): void {
    this.#state = state
    this.#socket?.close()
    this.#socket = undefined
    this.#cancelPoll?.()
    this.#cancelPoll = undefined
  }
}
