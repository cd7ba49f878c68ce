import { ranksText } from '../decorate/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { Arena, field, foreign, recordBytes } from '../kernel/index.ts'
import { ForeignWords, foreignWords } from './foreign-words.ts'
import { chains, type GroupLayout, mostGroups } from './group-layout.ts'

/** What several sources say together. The same object again and again. */
export interface Said {
  /** Its place in the memory, as the first of them said it. */
  from: number
  to: number
  /** Where its rank stands, counted from there; 0, 0: it has none. */
  rankStart: number
  rankEnd: number
  time: number
  count: number
  /** Only where several said it. */
  ranks(): string
  sources(): number[]
}

/** Who writes what was said. Where there is no room, the table asks again later. */
export interface Sink {
  readonly isFull: boolean
  say(said: Said): void
}

/**
 * What sources said within a window, as groups of the same words, in the order in which each was first said. Two blocks are the
 * same if they have the same level, message and fields, but for time, pid, hostname and rank. What one source says twice are two.
 * Memory is bounded: where it is too little, the oldest group is closed early, and who says the same later begins another.
 *
 * `close` and `settle` return false where the sink is full, and are to be called again.
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
  readonly #freed: number[] = []
  /** Is a group, by its number & (mostGroups - 1), in its chain? Not if the same was said again. */
  readonly #isLinked = new Uint8Array(mostGroups)
  readonly #foreign = new ForeignWords()
  /** Numbers of groups: the first that is not said, the first that is not in the arena, and the next. */
  #first = 0
  #loose = 0
  #next = 0
  readonly #said: Said

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
    this.#arena = new Arena(layout.arena, layout.arenaBytes)
    const sources = () => this.#sources(this.#first)
    const ranks = () => this.#ranks(this.#first)
    this.#said = { from: 0, to: 0, rankStart: 0, rankEnd: 0, time: 0, count: 0, ranks, sources }
  }

  /** What was said has been copied: its memory may be used again. */
  begin(): void {
    for (const end of this.#freed.splice(0)) this.#arena.give(end)
  }

  /**
   * Blocks, whose bytes stay where they are until `settle`.
   *
   * @param records the place of that of block 0
   * @returns the first that was not taken, because the sink is full, or `count`
   */
  take(records: number, first: number, count: number): number {
    const { heads, groups, bits, words, result } = this.#layout
    for (let index = first; ; index++) {
      index = this.#kernel.join(index, count, records, this.#windowMs, heads, chains - 1, groups, bits, words, result)
      if (index === count || !this.#found(records + recordBytes * index)) return index
    }
  }

  /** Says what is older than this, and what all have said. */
  close(before: number): boolean {
    while (this.#first !== this.#next) {
      const group = this.#record(this.#first & (mostGroups - 1))
      const isOver = this.#time(group) < before || this.#get(group, field.count) === this.#names.length
      if (!isOver) return true
      if (!this.#closeTo(this.#first + 1)) return false
    }
    return true
  }

  /** Copies what waits to where it may stay. */
  settle(): boolean {
    if (!this.close(-Infinity)) return false
    while (this.#loose < this.#next) {
      const group = this.#record(this.#loose & (mostGroups - 1))
      const from = this.#get(group, field.from)
      const length = this.#get(group, field.to) - from
      const place = this.#arena.take(length)
      if (place === -1) {
        if (!this.#closeTo(this.#loose + 1)) return false
        continue
      }
      this.#bytes.copyWithin(place, from, from + length)
      this.#put(group, field.from, place)
      this.#put(group, field.to, place + length)
      this.#loose++
    }
    return true
  }

  #closeTo(end: number): boolean {
    while (this.#first < end) {
      if (this.#sink.isFull) return false
      const slot = this.#first & (mostGroups - 1)
      this.#unlink(slot)
      const group = this.#record(slot)
      const said = this.#said
      said.from = this.#get(group, field.from)
      said.to = this.#get(group, field.to)
      said.rankStart = this.#get(group, field.rankStart)
      said.rankEnd = this.#get(group, field.rankEnd)
      said.time = this.#time(group)
      said.count = this.#get(group, field.count)
      this.#sink.say(said)
      if (this.#first < this.#loose) this.#freed.push(said.to)
      this.#first++
    }
    this.#loose = Math.max(this.#loose, this.#first)
    return true
  }

  /** Makes a group of a block that can join none. False: there is no room. */
  #found(record: number): boolean {
    if (!this.close(this.#time(record) - this.#windowMs)) return false
    if (this.#next - this.#first === mostGroups && !this.#closeTo(this.#first + 1)) return false
    const source = this.#get(record, field.source)
    const words = this.#get(record, field.tail) === foreign ? this.#foreignWords(record) : undefined
    const same = words === undefined ? this.#get(this.#layout.result, 0) - 1 : this.#foreign.find(words)
    if (words !== undefined && same !== -1 && !this.#has(same, source)) {
      this.#add(same, source)
      return true
    }
    if (same !== -1) this.#unlink(same)
    const slot = this.#next++ & (mostGroups - 1)
    const group = this.#record(slot)
    for (let at = 0; at < recordBytes; at += 4) this.#put(group, at, this.#get(record, at))
    this.#put(group, field.count, 0)
    for (let word = this.#word(slot, 0); word < this.#word(slot + 1, 0); word++) this.#numbers[word] = 0
    this.#add(slot, source)
    this.#link(slot, words)
    return true
  }

  #link(slot: number, words: string | undefined): void {
    if (words !== undefined) {
      this.#foreign.set(words, slot)
      return
    }
    const group = this.#record(slot)
    const head = this.#head(group)
    this.#put(group, field.next, this.#numbers[head] as number)
    this.#numbers[head] = slot + 1
    this.#isLinked[slot] = 1
  }

  /** No more can say it. */
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

  /** Index of the word in which a source has its bit. */
  #word(slot: number, source: number): number {
    return (this.#layout.bits >> 2) + slot * this.#layout.words + (source >> 5)
  }

  #has(slot: number, source: number): boolean {
    return ((this.#numbers[this.#word(slot, source)] as number) & (1 << (source & 31))) !== 0
  }

  #add(slot: number, source: number): void {
    const word = this.#word(slot, source)
    const group = this.#record(slot)
    this.#numbers[word] = (this.#numbers[word] as number) | (1 << (source & 31))
    this.#put(group, field.count, this.#get(group, field.count) + 1)
  }

  #sources(group: number): number[] {
    const slot = group & (mostGroups - 1)
    return this.#names.flatMap((_, source) => (this.#has(slot, source) ? [source] : []))
  }

  #ranks(group: number): string {
    const slot = group & (mostGroups - 1)
    if (this.#get(this.#record(slot), field.count) === this.#names.length) return this.#all
    const bits = this.#numbers.subarray(this.#word(slot, 0), this.#word(slot + 1, 0)).join()
    let text = this.#texts.get(bits)
    if (text === undefined) {
      if (this.#texts.size === 1024) this.#texts.clear()
      text = ranksText(this.#sources(group).map((source) => this.#names[source] as string))
      this.#texts.set(bits, text)
    }
    return text
  }

  #foreignWords(record: number): string {
    return foreignWords(this.#bytes.toString('latin1', this.#get(record, field.from), this.#get(record, field.to)))
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
