import { ranksText } from '../decorate/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { Arena, field, foreign, recordBytes } from '../kernel/index.ts'
import { ForeignGroups, foreignFingerprint } from './foreign-groups.ts'
import { chains, type GroupLayout, maxGroups } from './group-layout.ts'
import { SourceBits } from './source-bits.ts'

/** A closed group of duplicates. The same object is used for every group. */
export interface Group {
  /** Start of its first block in the memory. */
  from: number
  to: number
  /** Start and end of its rank, counted from the start of the block. Both 0 if it has none. */
  rankStart: number
  rankEnd: number
  time: number
  /** Number of its sources. */
  count: number
  /** Returns the text of its ranks. Only for a `count` above 1. */
  ranks(): string
  sources(): number[]
}

/** Receives closed groups. While it is full, groups stay in the table. */
export interface Sink {
  readonly isFull: boolean
  emit(group: Group): void
}

/**
 * Groups of duplicates within a window, in the order of their first blocks. Two blocks are duplicates if they have the
 * same level, message and fields; time, pid, hostname and rank may differ. A source is in a group once: its next
 * duplicate begins a new group. If the memory is full, the oldest group is closed early.
 *
 * `close` and `moveToArena` return false if the sink is full. Then call them again.
 */
export class GroupTable {
  readonly #names: readonly string[]
  readonly #all: string
  readonly #texts = new Map<string, string>()
  readonly #windowMs: number
  readonly #kernel: Kernel
  readonly #layout: GroupLayout
  readonly #sink: Sink
  readonly #bytes: Buffer
  readonly #numbers: Uint32Array
  readonly #times: Float64Array
  readonly #arena: Arena
  /** Ends of emitted groups in the arena, whose memory is given back by {@link reclaim}. */
  readonly #emittedEnds: number[] = []
  /** 1 for each slot whose group is in its hash chain. A group leaves its chain if a later one has the same fingerprint. */
  readonly #isLinked = new Uint8Array(maxGroups)
  readonly #foreign = new ForeignGroups()
  readonly #sourceBits: SourceBits
  /** Numbers of groups: the first that is not closed, the first that is not in the arena, and the next. */
  #first = 0
  #firstOutsideArena = 0
  #next = 0
  readonly #closed: Group

  constructor(names: readonly string[], windowMs: number, kernel: Kernel, layout: GroupLayout, sink: Sink) {
    const { buffer, byteOffset, byteLength } = kernel.bytes
    this.#names = names
    this.#all = ranksText(names)
    this.#windowMs = windowMs
    this.#kernel = kernel
    this.#layout = layout
    this.#sink = sink
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
    this.#numbers = new Uint32Array(buffer, byteOffset, byteLength >> 2)
    this.#times = new Float64Array(buffer, byteOffset, byteLength >> 3)
    this.#sourceBits = new SourceBits(this.#numbers, layout, names.length)
    this.#arena = new Arena(layout.arena, layout.arenaBytes)
    const sources = () => this.#sourceBits.sources(this.#first & (maxGroups - 1))
    const ranks = () => this.#ranks(this.#first & (maxGroups - 1))
    this.#closed = { from: 0, to: 0, rankStart: 0, rankEnd: 0, time: 0, count: 0, ranks, sources }
  }

  /** Gives back the memory of emitted groups. Their bytes must be copied by then. */
  reclaim(): void {
    for (const end of this.#emittedEnds.splice(0)) this.#arena.give(end)
  }

  /**
   * Adds blocks to groups. Their bytes must stay unchanged until `moveToArena`.
   * @param records offset of the record of block 0
   * @returns index of the first block that was not added, because the sink is full; otherwise `count`
   */
  take(records: number, first: number, count: number): number {
    const { heads, groups, bits, wordsPerGroup, result } = this.#layout
    for (let index = first; ; index++) {
      index = this.#kernel.matchGroups(
        index,
        count,
        records,
        this.#windowMs,
        heads,
        chains - 1,
        groups,
        bits,
        wordsPerGroup,
        result,
      )
      if (index === count || !this.#create(records + recordBytes * index)) return index
    }
  }

  /** Closes the oldest groups as long as they are older than `before`, or have all sources. */
  close(before: number): boolean {
    while (this.#first !== this.#next) {
      const group = this.#record(this.#first & (maxGroups - 1))
      const isComplete = this.#time(group) < before || this.#get(group, field.count) === this.#names.length
      if (!isComplete) return true
      if (!this.#closeTo(this.#first + 1)) return false
    }
    return true
  }

  /** Copies the open groups to the arena, so that the memory of their blocks can be used again. */
  moveToArena(): boolean {
    if (!this.close(-Infinity)) return false
    while (this.#firstOutsideArena < this.#next) {
      const group = this.#record(this.#firstOutsideArena & (maxGroups - 1))
      const from = this.#get(group, field.from)
      const length = this.#get(group, field.to) - from
      const place = this.#arena.take(length)
      if (place === -1) {
        if (!this.#closeTo(this.#firstOutsideArena + 1)) return false
        continue
      }
      this.#bytes.copyWithin(place, from, from + length)
      this.#put(group, field.from, place)
      this.#put(group, field.to, place + length)
      this.#firstOutsideArena++
    }
    return true
  }

  #closeTo(end: number): boolean {
    while (this.#first < end) {
      if (this.#sink.isFull) return false
      const slot = this.#first & (maxGroups - 1)
      this.#unlink(slot)
      const group = this.#record(slot)
      const closed = this.#closed
      closed.from = this.#get(group, field.from)
      closed.to = this.#get(group, field.to)
      closed.rankStart = this.#get(group, field.rankStart)
      closed.rankEnd = this.#get(group, field.rankEnd)
      closed.time = this.#time(group)
      closed.count = this.#get(group, field.count)
      this.#sink.emit(closed)
      if (this.#first < this.#firstOutsideArena) this.#emittedEnds.push(closed.to)
      this.#first++
    }
    this.#firstOutsideArena = Math.max(this.#firstOutsideArena, this.#first)
    return true
  }

  /** Creates a group from a block that matches none. Returns false if there is no room. */
  #create(record: number): boolean {
    if (!this.close(this.#time(record) - this.#windowMs)) return false
    if (this.#next - this.#first === maxGroups && !this.#closeTo(this.#first + 1)) return false
    const source = this.#get(record, field.source)
    const fingerprint = this.#get(record, field.tail) === foreign ? this.#foreignFingerprint(record) : undefined
    const same = fingerprint === undefined ? this.#get(this.#layout.result, 0) - 1 : this.#foreign.find(fingerprint)
    if (fingerprint !== undefined && same !== -1 && !this.#sourceBits.has(same, source)) {
      this.#add(same, source)
      return true
    }
    if (same !== -1) this.#unlink(same)
    const slot = this.#next++ & (maxGroups - 1)
    const group = this.#record(slot)
    for (let at = 0; at < recordBytes; at += 4) this.#put(group, at, this.#get(record, at))
    this.#put(group, field.count, 0)
    this.#sourceBits.clear(slot)
    this.#add(slot, source)
    this.#link(slot, fingerprint)
    return true
  }

  #link(slot: number, fingerprint: string | undefined): void {
    if (fingerprint !== undefined) {
      this.#foreign.set(fingerprint, slot)
      return
    }
    const group = this.#record(slot)
    const head = this.#head(group)
    this.#put(group, field.next, this.#numbers[head] as number)
    this.#numbers[head] = slot + 1
    this.#isLinked[slot] = 1
  }

  /** Removes a group from its hash chain, so that no block matches it. */
  #unlink(slot: number): void {
    if (this.#isLinked[slot] === 1) {
      const group = this.#record(slot)
      let link = this.#head(group)
      while (this.#numbers[link] !== slot + 1)
        link = (this.#record((this.#numbers[link] as number) - 1) + field.next) >> 2
      this.#numbers[link] = this.#get(group, field.next)
      this.#isLinked[slot] = 0
    } else this.#foreign.delete(slot)
  }

  #add(slot: number, source: number): void {
    const group = this.#record(slot)
    this.#sourceBits.add(slot, source)
    this.#put(group, field.count, this.#get(group, field.count) + 1)
  }

  #ranks(slot: number): string {
    if (this.#get(this.#record(slot), field.count) === this.#names.length) return this.#all
    const key = this.#sourceBits.key(slot)
    let text = this.#texts.get(key)
    if (text === undefined) {
      if (this.#texts.size === 1024) this.#texts.clear()
      text = ranksText(this.#sourceBits.sources(slot).map((source) => this.#names[source] as string))
      this.#texts.set(key, text)
    }
    return text
  }

  #foreignFingerprint(record: number): string {
    return foreignFingerprint(
      this.#bytes.toString('latin1', this.#get(record, field.from), this.#get(record, field.to)),
    )
  }

  #record(slot: number): number {
    return this.#layout.groups + recordBytes * slot
  }

  /** Index of the first number of a group's chain. */
  #head(group: number): number {
    return (this.#layout.heads >> 2) + ((this.#get(group, field.hash) & (chains - 1)) >>> 0)
  }

  #get(record: number, of: number): number {
    return this.#numbers[(record + of) >> 2] as number
  }

  #time(record: number): number {
    return this.#times[(record + field.time) >> 3] as number
  }

  #put(record: number, of: number, value: number): void {
    this.#numbers[(record + of) >> 2] = value
  }
}
