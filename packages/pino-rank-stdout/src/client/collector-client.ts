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

/** Maximum pause between checks of a full collector, in ms per rank of the host: checks of many ranks cost CPU time. */
const maxPausePerRankMs = 1 / 16
/** Pause between two checks for the answer to the hello, in ms. */
const handshakePollMs = 1
/** How often unsent lines are tried again, in ms, while the program does not log. */
const unsentPollMs = 20

export interface CollectorClientOptions {
  /** Number of ranks on this host. @default 1 */
  ranks?: number | undefined
  hello: Hello
  /** Returns the path at which a collector listens. Undefined if there is none now. */
  path: () => string | undefined
  /** Called with unacknowledged lines. `isUnwritten`: the collector closed cleanly, so it has not written them. */
  onUnacked: (lines: Buffer, isUnwritten: boolean) => void
  /** Until this time of the clock, in ms, the client looks for a collector often. @default 0 */
  eagerUntil?: number
  clock?: Clock
}

/**
 * Connects a rank to its host's collector, and sends lines in the log call. Lines are buffered until they are
 * acknowledged, up to the window ({@link windowBytes}; {@link startWindowBytes} until the first line is written). If
 * the window is full, one call waits for a short time (see {@link RoomWait}). Later calls do not wait until there is
 * room again. A collector that is silent for too long is disconnected.
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

  /** Number of unacknowledged bytes. */
  get unackedBytes(): number {
    return this.#unacked.length
  }

  /** Reports whether a collector is connected. Looks for one if that is due. */
  tryConnect(): boolean {
    if (this.#state === 'connecting') this.#advance()
    if (this.#state === 'idle' && this.#retry.isDue(this.#clock.now())) this.#connect()
    return this.#state === 'open'
  }

  /** `connecting`: the hello is not answered yet. `refused`: the client does not look for a collector any more. */
  get state(): 'idle' | 'connecting' | 'open' | 'refused' {
    return this.#state
  }

  /** Waits for the answer to the hello, for at most `ms`. If there is no collector, waits only while one may be starting. */
  awaitHandshake(ms: number, isStarting: () => boolean): void {
    const until = this.#clock.now() + ms
    const mayConnect = () => this.#state === 'connecting' || (this.#state === 'idle' && isStarting())
    while (!this.tryConnect() && mayConnect() && this.#clock.now() < until) this.#clock.pause(handshakePollMs)
  }

  /** Sends what there is room for. Returns true if some lines are unsent or, with `untilAcked`, unacknowledged. */
  isSending(untilAcked: boolean): boolean {
    return this.#advance() && (untilAcked ? this.#unacked : this.#unacked.unsent).length > 0
  }

  /** Called before the last lines. From now on a call waits for a full collector as long as it is alive. */
  beforeEnd(): void {
    this.#wait.isEnding = true
  }

  /**
   * Sends whole lines. Returns false if there is no collector. `onUnacked` was then called with the lines before these.
   *
   * @throws EAGAIN if the collector is full. Then none of these lines was accepted
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

  /** Waits until all lines are acknowledged, for at most `ms`. After {@link beforeEnd} it waits longer if lines are unsent. */
  flush(ms: number): void {
    const until = this.#clock.now() + ms
    this.#awaitRoom(0)
    while (this.#state === 'open' && this.#unacked.length > 0 && this.#clock.now() < until) {
      if (this.#advance() && this.#unacked.length > 0) this.#clock.pause(this.#wait.nextPauseMs())
    }
  }

  /** Closes the connection. `onUnacked` is called with the unacknowledged lines. */
  close(): void {
    if (this.#state === 'open' && this.#readAcks()) this.#disconnect()
    this.#reset('refused')
  }

  #hasRoom(length: number): boolean {
    const { length: unacked, unsent } = this.#unacked
    if (this.#state !== 'open' || unsent.length > 0) return false
    return length === 0 || unacked === 0 || unacked + length <= this.#window
  }

  /** Waits for a moment until all lines are sent and there is room. Returns false if there is none, or no connection. */
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

  /** Reads acknowledgements and sends lines. Returns false if the connection is closed, or was silent for too long. */
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

  /** Reads acknowledgements. Returns false if the connection is closed. */
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
    // acknowledgements may have arrived before the end of the connection
    this.#socket?.readAcks().acks.forEach(this.#applyAck, this)
    this.#reset('idle')
    this.#retry.retryLater(this.#clock.now())
    const lines = this.#unacked.takeAll()
    if (lines.length > 0) this.#options.onUnacked(lines, this.#isCleanClose)
  }

  #reset(state: 'idle' | 'refused'): void {
    this.#state = state
    this.#socket?.close()
    this.#socket = undefined
    this.#cancelPoll?.()
    this.#cancelPoll = undefined
  }
}
