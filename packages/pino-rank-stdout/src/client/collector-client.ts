import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { type Clock, systemClock } from 'pino-rank-file/writer'
import { type Hello, heartbeatMs, left, refused, silentMs, startBytes, windowBytes } from '../collector/index.ts'
import { socketFd } from '../node-internals.ts'
import { answersOf } from './collector-answers.ts'
import { KeptLines } from './kept-lines.ts'

/** Between tries to find a collector, in ms; the last is used again and again. */
const retries = [50, 100, 300, 1000, 3000, 10_000]
/** And while lines wait for one. */
const eagerMs = 20

/**
 * How long a call waits at a time for a collector that is behind, in ms: at first, and at most for each rank of the host. A look costs
 * as much as ten lines: hundreds of ranks that look each ms would leave the collector no time.
 */
const leastPauseMs = 1
const mostPauseMs = 1 / 16

export interface CollectorClientOptions {
  /** Of this host, as far as they are known. @default 1 */
  ranks?: number | undefined
  hello: Hello
  /** Where a collector listens; undefined: there is none now. */
  path: () => string | undefined
  /** Lines that the collector has not written, as far as we know; or for sure, where it has said so. */
  lost: (lines: Buffer, isSure: boolean) => void
  /** Until then, in ms since 1970, one is looked for often. @default 0 */
  eagerUntil?: number
  clock?: Clock
}

/**
 * A rank's way to its host's collector. Everything but the connecting is done in the calls themselves, without the event loop: a
 * program that computes for minutes, or exits, has its lines sent. Lines are kept until the collector has written them, at most
 * 256 KiB (4 MiB until the first are written); while so much is under way a call waits, as it does for a full pipe, but never for a
 * collector that is silent.
 */
export class CollectorClient {
  readonly #options: CollectorClientOptions
  readonly #clock: Clock
  readonly #kept = new KeptLines()
  #state: 'idle' | 'greeting' | 'open' | 'refused' = 'idle'
  #socket: Socket | undefined
  #fd = -1
  #heard = 0
  #hasLeft = false
  /** What may be under way now, in bytes. */
  #window = windowBytes
  #pauseMs = leastPauseMs
  #tries = 0
  #retryAt = 0
  #disarm: (() => void) | undefined

  constructor(options: CollectorClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#connect()
  }

  /** Bytes that are sent and not known to be written. */
  get kept(): number {
    return this.#kept.length
  }

  /** Is there a collector now? Looks for one where it is time to. */
  look(): boolean {
    if (this.#state === 'greeting' && this.#hear() && this.#state === 'greeting' && this.#isSilent) this.#lose()
    if (this.#state === 'idle' && this.#clock.now() >= this.#retryAt) this.#connect()
    return this.#state === 'open'
  }

  /** A collector is there, and has not answered yet: it does soon, or is left. */
  get greets(): boolean {
    return this.#state === 'greeting'
  }

  /** Waits for the answer, at most so long. */
  meet(ms: number): void {
    const until = this.#clock.now() + ms
    while (!this.look() && this.greets && this.#clock.now() < until) this.#clock.pause(leastPauseMs)
  }

  /** Takes whole lines. False: there is no collector now, and `lost` was told of those before. */
  send(lines: Buffer): boolean {
    if (!this.look() || !this.#hasRoom(lines.length)) return false
    if (this.#kept.length === 0) this.#heard = this.#clock.now()
    this.#kept.add(lines)
    for (let at = 0; at < lines.length && this.#state === 'open'; ) at += this.#write(lines.subarray(at))
    this.#arm()
    return true
  }

  /** Waits until all is written, at most so long. */
  settle(ms: number): void {
    const until = this.#clock.now() + ms
    while (this.#state === 'open' && this.#kept.length > 0 && this.#clock.now() < until) {
      if (this.#hear() && this.#kept.length > 0) this.#pause()
    }
  }

  /** Takes back what is not written. */
  close(): void {
    if (this.#state === 'open' && this.#hear()) this.#lose()
    this.#leave('refused')
  }

  #hasRoom(length: number): boolean {
    if (this.#kept.length > windowBytes / 2) this.#hear()
    while (this.#state === 'open' && this.#kept.length > 0 && this.#kept.length + length > this.#window) {
      if (this.#waits()) this.#hear()
    }
    return this.#state === 'open'
  }

  #write(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#lose()
      else if (this.#waits()) this.#hear()
      return 0
    }
  }

  /** A moment, for a collector that is alive. */
  #waits(): boolean {
    if (this.#isSilent) {
      this.#hear()
      if (this.#isSilent) this.#lose()
      return false
    }
    this.#pause()
    return true
  }

  /** Longer each time, until the collector says something. */
  #pause(): void {
    this.#clock.pause(this.#pauseMs)
    const { ranks = 1 } = this.#options
    this.#pauseMs = Math.min(2 * this.#pauseMs, Math.max(leastPauseMs, mostPauseMs * ranks))
  }

  get #isSilent(): boolean {
    return this.#clock.now() - this.#heard > silentMs
  }

  /** Reads what the collector has said. False: it has gone. */
  #hear(): boolean {
    const { answers, isOver } = answersOf(this.#fd)
    for (const answer of answers) this.#take(answer)
    if (isOver && this.#fd !== -1) this.#lose()
    return this.#fd !== -1
  }

  #take(answer: number): void {
    this.#heard = this.#clock.now()
    this.#pauseMs = leastPauseMs
    if (answer === refused) {
      this.#leave('refused')
      return
    }
    if (this.#state === 'greeting') this.#state = 'open'
    if (answer > 0) this.#window = windowBytes
    this.#tries = 0
    this.#note(answer)
  }

  #note(answer: number): void {
    if (answer === left) this.#hasLeft = true
    else if (answer !== refused) this.#kept.release(answer)
  }

  #connect(): void {
    const path = this.#options.path()
    if (path === undefined) {
      this.#later()
      return
    }
    const socket = new Socket()
    this.#socket = socket
    socket.pause() // what comes is read by us
    socket.unref()
    socket.once('error', () => {
      if (this.#socket === socket) this.#lose()
    })
    socket.connect(path)
    this.#greet(socket)
  }

  /** At once: the system connects a unix socket in the call, and Node's event comes when the program has time for it. */
  #greet(socket: Socket): void {
    this.#fd = socketFd(socket)
    if (this.#fd === -1) {
      this.#leave('refused')
      return
    }
    this.#state = 'greeting'
    this.#window = startBytes
    this.#hasLeft = false
    this.#heard = this.#clock.now()
    this.#write(Buffer.from(`${JSON.stringify(this.#options.hello)}\n`))
    this.#arm()
  }

  /** Looks after what is under way while nobody logs. */
  #arm(): void {
    if (this.#state !== 'open' && this.#state !== 'greeting') return
    this.#disarm ??= this.#clock.after(heartbeatMs, () => {
      this.#disarm = undefined
      if (!this.#hear()) return
      if (this.#state === 'open' && this.#kept.length === 0) return
      if (this.#state === 'open' && this.#isSilent) this.#lose()
      else this.#arm()
    })
  }

  #lose(): void {
    // what it said before it went
    if (this.#socket && socketFd(this.#socket) === this.#fd) answersOf(this.#fd).answers.forEach(this.#note, this)
    this.#leave('idle')
    this.#later()
    const lines = this.#kept.takeAll()
    if (lines.length > 0) this.#options.lost(lines, this.#hasLeft)
  }

  #later(): void {
    const now = this.#clock.now()
    const { eagerUntil = 0 } = this.#options
    this.#retryAt =
      now + (now < eagerUntil ? eagerMs : (retries[Math.min(this.#tries++, retries.length - 1)] as number))
  }

  #leave(state: 'idle' | 'refused'): void {
    this.#state = state
    this.#fd = -1
    this.#socket?.destroy()
    this.#socket = undefined
    this.#disarm?.()
    this.#disarm = undefined
  }
}
