import { type Clock, systemClock } from '../system/index.ts'
import type { SpoolFile } from './spool-file.ts'
import type { SpoolFolder } from './spool-folder.ts'

export interface SpoolQueueOptions {
  /** The UUID of the queue. All of its files have it in their names. */
  id: string
  /** Returns the first line of a new file: the information that a later process needs in order to send the records. */
  head(): string
  /** Maximum size of the records in memory while the disk does not take them, in bytes. A character counts as one. */
  maxPendingBytes: number
  /** Called with the error of each append that fails. The records then stay in memory. */
  onFault(error: Error): void
  /** Tests have their own. @default the system's */
  clock?: Clock
}

/** A record that still has to be sent. */
export interface UnsentRecord {
  text: string
  /** The position after the record. Undefined while the record is only in memory. */
  at?: { file: SpoolFile; end: number }
}

/**
 * Maximum share of the program's time that appends may take. While records are few, each is in the file when `push` returns. When
 * they are many, several are appended at a time. If an append took longer than the one before it, only the shorter time counts:
 * a single long append may only mean that another thread had the core.
 */
const appendShare = 1 / 20
/** The time of appends that is allowed at once if there were few before, in ms. */
const burstMs = 50

/** A file is replaced by a shorter one when this number of its bytes was sent. */
const maxSentBytes = 2 ** 20

/**
 * Records of one sender, first in, first out. They are appended to a file, so that they survive the process, and are read from
 * there until the sender confirms them with `sentTo`. Records that are not in the file yet, or cannot be written to it, are read
 * from memory.
 */
export class SpoolQueue {
  readonly #folder: SpoolFolder
  readonly #options: SpoolQueueOptions
  readonly #clock: Clock
  #file: SpoolFile | undefined
  /** Everything before this offset of the file was sent. */
  #sent = 0
  /** Records that are not in the file. */
  #pending: UnsentRecord[] = []
  #pendingBytes = 0
  /** The earliest time of the next append, by the clock. */
  #nextAppend = Number.NEGATIVE_INFINITY
  /** How long the last append took, in ms. */
  #appendMs = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined
  #wasTaken = false
  #isFailing = false

  constructor(folder: SpoolFolder, options: SpoolQueueOptions) {
    this.#folder = folder
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** True if no file has unsent records. */
  get isEmpty(): boolean {
    return this.#file === undefined
  }

  /** True if the last append failed, so that records are only in memory, or are lost since the release. */
  get isFailing(): boolean {
    return this.#isFailing
  }

  /** Adds a record: text without newlines. Appends it now or soon. Returns false if it is dropped, because there is no room. */
  push(text: string): boolean {
    if (this.#isFull(text)) this.write()
    if (this.#isFull(text)) return false
    this.#pending.push({ text })
    this.#pendingBytes += text.length
    const wait = this.#nextAppend - this.#clock.now()
    if (wait <= 0) this.write()
    else this.#cancel ??= this.#clock.after(wait, () => this.write())
    return true
  }

  /** Appends the records that are in memory. They stay there if the disk does not take them. */
  write(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#pending.length === 0) return
    const begin = this.#clock.now()
    try {
      this.#append(this.#pending)
      this.#pending = []
      this.#pendingBytes = 0
      this.#isFailing = false
    } catch (error) {
      this.#isFailing = true
      this.#options.onFault(error as Error)
    }
    const end = this.#clock.now()
    const counted = Math.min(end - begin, this.#appendMs)
    this.#appendMs = end - begin
    this.#nextAppend = Math.max(this.#nextAppend, end - burstMs / appendShare) + counted / appendShare
  }

  /** Yields the unsent records, in order, up to the last one that was pushed before this call. */
  *unsent(): Generator<UnsentRecord> {
    const pending = [...this.#pending]
    const file = this.#file
    if (file) yield* this.#recordsOf(file, file.size)
    yield* pending
  }

  /** Confirms that this record and those before it were sent. */
  sentTo(record: UnsentRecord): void {
    const { at } = record
    if (at) {
      if (at.file === this.#file) this.#sent = at.end
      return
    }
    for (const { text } of this.#pending.splice(0, this.#pending.indexOf(record) + 1)) this.#pendingBytes -= text.length
  }

  /** Removes the file if all of it was sent. Replaces it by a shorter one if much of it was sent. */
  trim(): void {
    const file = this.#file
    if (!file) return
    const rest = file.size - this.#sent
    if (rest > 0 && (this.#sent < maxSentBytes || rest > maxSentBytes)) return
    try {
      if (rest > 0) this.#create([...this.#recordsOf(file, file.size)].map(({ text }) => `${text}\n`).join(''))
      file.remove() // if the process is killed before this call, records are sent twice
      if (rest === 0) this.#file = undefined
    } catch (error) {
      this.#options.onFault(error as Error)
    }
  }

  /** Reports whether another process has taken a file of this queue, because this process seemed dead. */
  wasTaken(): boolean {
    if (this.#file?.isTaken()) this.#forget()
    return this.#wasTaken
  }

  /** Reports whether another process may be sending earlier records of this queue. */
  isSentElsewhere(): boolean {
    return this.#folder.isHeldElsewhere({ id: this.#options.id, path: this.#file?.path ?? '' })
  }

  /**
   * Appends what is in memory, and releases the file to any process that finds it. Returns the records that the disk does not
   * take, which are lost.
   */
  release(): string[] {
    this.write()
    this.#file?.release()
    this.#file = undefined
    const lost = this.#pending.map(({ text }) => text)
    this.#pending = []
    return lost
  }

  #isFull(text: string): boolean {
    return this.#pending.length > 0 && this.#pendingBytes + text.length > this.#options.maxPendingBytes
  }

  #append(records: readonly UnsentRecord[]): void {
    const lines = records.map(({ text }) => `${text}\n`).join('')
    if (!this.#file?.append(lines)) {
      this.#forget()
      this.#create(lines)
    }
    const file = this.#file as SpoolFile
    let end = file.size
    for (const record of records.toReversed()) {
      record.at = { file, end } // a sender may hold the record, and confirm it later
      end -= Buffer.byteLength(record.text) + 1
    }
  }

  #create(lines: string): void {
    const head = `${this.#options.head()}\n`
    this.#file = this.#folder.create(this.#options.id, head + lines)
    this.#sent = Buffer.byteLength(head)
  }

  *#recordsOf(file: SpoolFile, until: number): Generator<UnsentRecord> {
    try {
      for (const { text, end } of file.lines(this.#sent)) {
        if (end > until) return
        yield { text, at: { file, end } }
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      this.#forget()
    }
  }

  #forget(): void {
    if (!this.#file) return
    this.#wasTaken = true
    this.#file.release()
    this.#file = undefined
  }
}
