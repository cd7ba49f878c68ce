import type { Fingerprint, MatchGroups } from './kernel.ts'
import { recordHead } from './record-head.ts'
import { field, foreign, recordBytes } from './records.ts'

const brace = 123

/** Returns the functions of assembly/groups.ts in JavaScript. Only the hashes differ. */
export function jsGroups(buffer: Buffer): { fingerprint: Fingerprint; matchGroups: MatchGroups } {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  const get = (place: number) => view.getUint32(place, true)
  const put = (place: number, value: number) => view.setUint32(place, value, true)

  function fingerprintBlock(record: number, start: number, end: number): void {
    const isObject = buffer[start] === brace
    const head = isObject ? recordHead(buffer.subarray(start, end)) : undefined
    put(record + field.levelEnd, head?.levelEnd ?? 0)
    put(record + field.rankStart, head?.rankStart ?? 0)
    put(record + field.rankEnd, head?.rankEnd ?? 0)
    put(record + field.tail, head?.end ?? (isObject ? foreign : 0))
    const hash = hashOf(buffer, 0, start, start + (head?.levelEnd ?? 0))
    put(record + field.hash, hashOf(buffer, hash, start + (head?.end ?? 0), end))
  }

  function find(record: number, heads: number, mask: number, groups: number): number {
    const [place, end] = [get(record + field.from), get(record + field.to)]
    const [hash, levelEnd, tail] = [get(record + field.hash), get(record + field.levelEnd), get(record + field.tail)]
    for (let group = get(heads + 4 * ((hash & mask) >>> 0)); group !== 0; ) {
      const other = groups + recordBytes * (group - 1)
      const [from, to, otherTail] = [get(other + field.from), get(other + field.to), get(other + field.tail)]
      if (
        get(other + field.hash) === hash &&
        get(other + field.levelEnd) === levelEnd &&
        to - from - otherTail === end - place - tail &&
        buffer.compare(buffer, from + otherTail, to, place + tail, end) === 0 &&
        buffer.compare(buffer, from, from + levelEnd, place, place + levelEnd) === 0
      )
        return group
      group = get(other + field.next)
    }
    return 0
  }

  return {
    fingerprint(count, from, to, sources, times, records) {
      let record = records
      for (let index = 0; index < count; record += recordBytes) {
        put(record + field.source, view.getUint16(sources + 2 * index, true))
        view.setFloat64(record + field.time, view.getFloat64(times + 8 * index, true), true)
        const start = get(from + 4 * index)
        let end = get(to + 4 * index)
        for (index++; index < count && get(from + 4 * index) === end && buffer[end] !== brace; index++)
          end = get(to + 4 * index)
        put(record + field.from, start)
        put(record + field.to, end)
        fingerprintBlock(record, start, end)
      }
      return (record - records) / recordBytes
    },
    matchGroups(index, count, records, window, heads, mask, groups, bits, wordsPerGroup, result) {
      let at = index
      for (; at < count; at++) {
        const record = records + recordBytes * at
        if (get(record + field.tail) === foreign) break
        const found = find(record, heads, mask, groups)
        put(result, found)
        if (found === 0) return at
        const group = groups + recordBytes * (found - 1)
        if (view.getFloat64(group + field.time, true) < view.getFloat64(record + field.time, true) - window) return at
        const source = get(record + field.source)
        const word = bits + 4 * ((found - 1) * wordsPerGroup + (source >> 5))
        const bit = 1 << (source & 31)
        if ((get(word) & bit) !== 0) return at
        put(word, (get(word) | bit) >>> 0)
        put(group + field.count, get(group + field.count) + 1)
      }
      put(result, 0)
      return at
    },
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, seed: number, start: number, end: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
