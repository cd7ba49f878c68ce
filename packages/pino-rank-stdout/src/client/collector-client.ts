import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
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
import { socketFd } from '../node-internals.ts'
import { readAcks } from './read-acks.ts'
import { UnackedLines } from './unacked-lines.ts'

/** Delays between attempts to find a collector, in ms. The last one is repeated. `eagerMs` applies while lines wait for one. */
const retryDelaysMs = [50, 100, 300, 1000, 3000, 10_000]
const eagerMs = 20

/**
 * How long a call waits at a time for a collector that is slow, in ms: at first, and at most for each rank of the host.
 * A check costs CPU time, so hundreds of ranks that check every ms would leave the collector none.
 */
const minPauseMs = 1
const maxPausePerRankMs = 1 / 16

export interface CollectorClientOptions {
  /** Number of ranks on this host. @default 1 */
  ranks?: number | undefined
  hello: Hello
  /** Returns the path at which a collector listens. Undefined if there is none now. */
  path: () => string | undefined
  /** Called with lines that were not acknowledged. `isSure`: the collector closed cleanly, so it has not written them. */
  onLost: (lines: Buffer, isSure: boolean) => void
  /** Until this time, in ms since 1970, the client looks for a collector often. @default 0 */
  eagerUntil?: number
  clock?: Clock
}

/**
 * Connects a rank to its host's collector. Sends in the call that logs, without the event loop, so that the lines of a program that
 * computes for minutes, or exits, are sent. Lines are kept until they are acknowledged, at most 256 KiB (4 MiB until the first are
 * written). While that many bytes are unacknowledged a call waits, as it does for a full pipe, but never for a silent collector.
 */
export class CollectorClient {
  readonly #options: CollectorClientOptions
  readonly #clock: Clock
  readonly #unacked = new UnackedLines()
  #state: 'idle' | 'connecting' | 'open' | 'refused' = 'idle'
  #socket: Socket | undefined
  #fd = -1
  #lastAckAt = 0
  #isCleanClose = false
  /** How many bytes may be unacknowledged now. */
  #window = windowBytes
  #pauseMs = minPauseMs
  #tries = 0
  #retryAt = 0
  #cancelPoll: (() => void) | undefined

  constructor(options: CollectorClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#connect()
  }

  /** Bytes that are sent and not acknowledged. */
  get unackedBytes(): number {
    return this.#unacked.length
  }

  /** Reports whether there is a collector now. Looks for one if it is time to. */
  tryConnect(): boolean {
    if (this.#state === 'connecting' && this.#readAcks() && this.#state === 'connecting' && this.#isSilent)
      this.#disconnect()
    if (this.#state === 'idle' && this.#clock.now() >= this.#retryAt) this.#connect()
    return this.#state === 'open'
  }

  /** True while a collector that is there has not answered the hello. */
  get isConnecting(): boolean {
    return this.#state === 'connecting'
  }

  /** Waits for the answer to the hello, for at most `ms`. */
  awaitHandshake(ms: number): void {
    const until = this.#clock.now() + ms
    while (!this.tryConnect() && this.isConnecting && this.#clock.now() < until) this.#clock.pause(minPauseMs)
  }

  /** Sends whole lines. Returns false if there is no collector now. `onLost` was then called with the lines before. */
  send(lines: Buffer): boolean {
    if (!this.tryConnect() || !this.#hasRoom(lines.length)) return false
    if (this.#unacked.length === 0) this.#lastAckAt = this.#clock.now()
    this.#unacked.add(lines)
    for (let at = 0; at < lines.length && this.#state === 'open'; ) at += this.#write(lines.subarray(at))
    this.#pollLater()
    return true
  }

  /** Waits until everything is acknowledged, for at most `ms`. */
  flush(ms: number): void {
    const until = this.#clock.now() + ms
    while (this.#state === 'open' && this.#unacked.length > 0 && this.#clock.now() < until) {
      if (this.#readAcks() && this.#unacked.length > 0) this.#pause()
    }
  }

  /** Closes the connection. `onLost` is called with the lines that were not acknowledged. */
  close(): void {
    if (this.#state === 'open' && this.#readAcks()) this.#disconnect()
    this.#reset('refused')
  }

  #hasRoom(length: number): boolean {
    if (this.#unacked.length > windowBytes / 2) this.#readAcks()
    while (this.#state === 'open' && this.#unacked.length > 0 && this.#unacked.length + length > this.#window) {
      if (this.#awaitAck()) this.#readAcks()
    }
    return this.#state === 'open'
  }

  #write(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#disconnect()
      else if (this.#awaitAck()) this.#readAcks()
      return 0
    }
  }

  /** Waits a moment for a collector that is alive. Returns false if it was silent for too long. */
  #awaitAck(): boolean {
    if (this.#isSilent) {
      this.#readAcks()
      if (this.#isSilent) this.#disconnect()
      return false
    }
    this.#pause()
    return true
  }

  /** Waits longer each time, until an acknowledgement comes. */
  #pause(): void {
    this.#clock.pause(this.#pauseMs)
    const { ranks = 1 } = this.#options
    this.#pauseMs = Math.min(2 * this.#pauseMs, Math.max(minPauseMs, maxPausePerRankMs * ranks))
  }

  get #isSilent(): boolean {
    return this.#clock.now() - this.#lastAckAt > maxSilenceMs
  }

  /** Reads acknowledgements. Returns false if the collector has gone. */
  #readAcks(): boolean {
    const { acks, isClosed } = readAcks(this.#fd)
    for (const ack of acks) this.#onAck(ack)
    if (isClosed && this.#fd !== -1) this.#disconnect()
    return this.#fd !== -1
  }

  #onAck(ack: number): void {
    this.#lastAckAt = this.#clock.now()
    this.#pauseMs = minPauseMs
    if (ack === refused) {
      this.#reset('refused')
      return
    }
    if (this.#state === 'connecting') this.#state = 'open'
    if (ack > 0) this.#window = windowBytes
    this.#tries = 0
    this.#applyAck(ack)
  }

  #applyAck(ack: number): void {
    if (ack === closed) this.#isCleanClose = true
    else if (ack !== refused) this.#unacked.ack(ack)
  }

  #connect(): void {
    const path = this.#options.path()
    if (path === undefined) {
      this.#scheduleRetry()
      return
    }
    const socket = new Socket()
    this.#socket = socket
    socket.pause() // this class reads the socket itself
    socket.unref()
    socket.once('error', () => {
      if (this.#socket === socket) this.#disconnect()
    })
    socket.connect(path)
    this.#sendHello(socket)
  }

  /** Sends the hello at once: the system connects a unix socket in the call, and Node's event comes when the program has time for it. */
  #sendHello(socket: Socket): void {
    this.#fd = socketFd(socket)
    if (this.#fd === -1) {
      this.#reset('refused')
      return
    }
    this.#state = 'connecting'
    this.#window = startWindowBytes
    this.#isCleanClose = false
    this.#lastAckAt = this.#clock.now()
    this.#write(Buffer.from(`${JSON.stringify(this.#options.hello)}\n`))
    this.#pollLater()
  }

  /** Polls for acknowledgements while the program does not log. */
  #pollLater(): void {
    if (this.#state !== 'open' && this.#state !== 'connecting') return
    this.#cancelPoll ??= this.#clock.after(heartbeatMs, () => {
      this.#cancelPoll = undefined
      if (!this.#readAcks()) return
      if (this.#state === 'open' && this.#unacked.length === 0) return
      if (this.#state === 'open' && this.#isSilent) this.#disconnect()
      else this.#pollLater()
    })
  }

  #disconnect(): void {
    // acknowledgements that arrived before the end
    if (this.#socket && socketFd(this.#socket) === this.#fd) readAcks(this.#fd).acks.forEach(this.#applyAck, this)
    this.#reset('idle')
    this.#scheduleRetry()
    const lines = this.#unacked.takeAll()
    if (lines.length > 0) this.#options.onLost(lines, this.#isCleanClose)
  }

  #scheduleRetry(): void {
    const now = this.#clock.now()
    const isEager = now < (this.#options.eagerUntil ?? 0)
    this.#retryAt = now + (isEager ? eagerMs : (retryDelaysMs[this.#tries++] ?? (retryDelaysMs.at(-1) as number)))
  }

  #reset(state: 'idle' | 'refused'): void {
    this.#state = state
    this.#fd = -1
    this.#socket?.destroy()
    this.#socket = undefined
    this.#cancelPoll?.()
    this.#cancelPoll = undefined
  }
}
