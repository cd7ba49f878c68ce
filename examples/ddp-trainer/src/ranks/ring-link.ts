import { HangWatch } from './hang-watch.ts'
import { ChannelClosed, type RingChannel } from './ring-channel.ts'
import { CollectiveMismatch, CollectiveTimeout, NeighbourLost, RankUnresponsive } from './ring-errors.ts'

/** Length of a header, in bytes. */
const headerBytes = 12

/** What a link connects, and how long it waits. */
export interface LinkOptions {
  rank: number
  worldSize: number
  channel: RingChannel
  /** Time that a rank has to make the call in which this rank waits, in ms. */
  timeoutMs: number
  /** Shortest time without a byte after which the previous rank counts as hung, in ms. */
  hangTimeoutMs: number
}

/** The start of a message. */
interface Header {
  sequence: number
  name: string
  /** Length of the content that follows, in bytes. */
  length: number
}

/**
 * The messages of a rank in the ring. Each message is the number of the call (u32), the lengths of its name and of its content (u32
 * each, little-endian), the name, and the content. A heartbeat is a message with zeros. Both ranks must be in the same call.
 */
export class RingLink {
  readonly #options: LinkOptions
  readonly #channel: RingChannel
  readonly #watch: HangWatch
  readonly #previousRank: number
  readonly #nextRank: number
  #sequence = 0
  /** What this rank does in the current or the latest call. */
  #name = ''
  #isSending = false
  /** The header of the next message. It is read all the time, so that heartbeats do not pile up. */
  #header: Promise<Header>

  constructor(options: LinkOptions) {
    const { rank, worldSize, channel, hangTimeoutMs } = options
    this.#options = options
    this.#channel = channel
    this.#previousRank = (rank + worldSize - 1) % worldSize
    this.#nextRank = (rank + 1) % worldSize
    this.#watch = new HangWatch({
      hangTimeoutMs,
      receivedBytes: () => channel.receivedBytes,
      sendHeartbeat: () => {
        // The bytes of a message show too that this rank is alive.
        if (!this.#isSending) channel.send(new Uint8Array(headerBytes)).catch(() => {}) // the next call rejects
      },
      onHang: (silentMs) => channel.fail(this.#unresponsive(silentMs)),
    })
    this.#header = this.#readHeader()
  }

  /** Makes a call. The neighbours must be in the same call. @param name what this rank does */
  async call<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.#sequence++
    this.#name = name
    this.#channel.setRef(true)
    try {
      return await run()
    } catch (error) {
      throw error instanceof ChannelClosed ? this.#lost(error) : error
    } finally {
      this.#channel.setRef(false)
    }
  }

  /**
   * Sends `content` to the next rank, and receives a message of the previous rank. Do not change `content` before it resolves.
   *
   * @param from the rank that CollectiveTimeout names if the message does not arrive
   * @param receive receives the content of this length
   * @throws {CollectiveMismatch} if the previous rank is in another call
   * @throws {CollectiveTimeout} if no message arrives within the timeout, or the next rank does not receive this one
   * @throws {RankUnresponsive} if the previous rank is hung
   */
  async exchange<T>(content: Uint8Array, from: number, receive: (length: number) => Promise<T>): Promise<T> {
    const sent = this.#send(content)
    sent.catch(() => {}) // awaited below
    const received = await this.#receiveMessage(from, receive)
    await this.#withTimeout(sent, this.#nextRank) // a long content is only sent while the next rank receives it
    return received
  }

  /** Receives the next bytes of a content. To use the first ones early, receive arrays of `pieceBytes`. */
  receive(into: Uint8Array): Promise<void> {
    return this.#channel.receive(into)
  }

  /** Returns the error for ranks that are in different calls. @param theirs what the previous rank does */
  mismatch(theirs: string): CollectiveMismatch {
    const mine = `rank ${this.#options.rank} ${this.#name}`
    const fix =
      'All ranks must make the same calls in the same order: ' +
      'do not call log() with syncDist, sum(), broadcast() or saveCheckpoint() on some ranks only'
    return new CollectiveMismatch(`${mine}, but rank ${this.#previousRank} ${theirs}. ${fix}`)
  }

  close(): void {
    this.#watch.close()
    this.#channel.close()
  }

  /**
   * The previous rank may count as hung only here. While this rank waits only for its own send, it reads no heartbeats. If the next rank
   * hangs then, the rank after that one notices.
   */
  async #receiveMessage<T>(from: number, receive: (length: number) => Promise<T>): Promise<T> {
    this.#watch.start()
    try {
      const { sequence, name, length } = await this.#withTimeout(this.#header, from)
      if (sequence !== this.#sequence || name !== this.#name) throw this.mismatch(name)
      const received = await receive(length)
      this.#header = this.#readHeader()
      return received
    } finally {
      this.#watch.stop()
    }
  }

  /** Waits for a neighbour. @param missing the rank that has not made this call if `done` does not resolve within the timeout */
  async #withTimeout<T>(done: Promise<T>, missing: number): Promise<T> {
    const timer = setTimeout(() => this.#channel.fail(this.#late(missing)), this.#options.timeoutMs)
    try {
      return await done
    } finally {
      clearTimeout(timer)
    }
  }

  async #send(content: Uint8Array): Promise<void> {
    const name = Buffer.from(this.#name)
    const header = Buffer.alloc(headerBytes)
    header.writeUInt32LE(this.#sequence, 0)
    header.writeUInt32LE(name.length, 4)
    header.writeUInt32LE(content.length, 8)
    this.#isSending = true
    try {
      await this.#channel.send(header, name, content)
    } finally {
      this.#isSending = false
    }
  }

  #readHeader(): Promise<Header> {
    const header = this.#receiveHeader()
    header.catch(() => {}) // the next call rejects with it
    return header
  }

  /** Receives the next header that is not a heartbeat. */
  async #receiveHeader(): Promise<Header> {
    const header = Buffer.alloc(headerBytes)
    do await this.#channel.receive(header)
    while (header.readUInt32LE(0) === 0)
    const name = Buffer.alloc(header.readUInt32LE(4))
    await this.#channel.receive(name)
    return { sequence: header.readUInt32LE(0), name: name.toString(), length: header.readUInt32LE(8) }
  }

  #late(from: number): CollectiveTimeout {
    const { rank, timeoutMs } = this.#options
    const waited = `has waited ${timeoutMs / 1000} s for rank ${from} to do the same`
    return new CollectiveTimeout(`rank ${rank} ${this.#name}, and ${waited}`)
  }

  #unresponsive(silentMs: number): RankUnresponsive {
    const [previous, seconds] = [this.#previousRank, Math.round(silentMs / 100) / 10]
    const what = `rank ${this.#options.rank} ${this.#name}, but rank ${previous} does not respond`
    return new RankUnresponsive(`${what}: it has sent nothing for ${seconds} s`, previous)
  }

  #lost({ neighbour, cause }: ChannelClosed): NeighbourLost {
    const { rank } = this.#options
    const lost = neighbour === 'next' ? this.#nextRank : this.#previousRank
    const message = `rank ${rank} lost rank ${lost}, its neighbour in the ring. It was lost when rank ${rank} ${this.#name}`
    return new NeighbourLost(message, cause === undefined ? {} : { cause })
  }
}
