/** A record whose text follows from its rank and its number, so that a reader can check every byte. */
export interface TestRecord {
  seq: number
  fill: string
}

/** The lengths of the records of a run. 'short': a line has at most 4096 bytes. */
export type Lengths = 'any' | 'short'

/** Text with quotes, escapes, other scripts and emoji. */
const alphabet = 'the "loss" at step 42 \\ was\t0.25; größer, 損失, 🙂. '
const text = alphabet.repeat(Math.ceil(1_100_000 / alphabet.length))

export function record(rank: number, seq: number, count: number, lengths: Lengths): TestRecord {
  const start = (rank * 31 + seq * 7) % 997
  const end = start + length(rank, seq, count, lengths)
  return { seq, fill: text.slice(whole(start), whole(end)) }
}

/** Returns the index, or the one before it if that would cut an emoji. */
function whole(at: number): number {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at
}

/** Returns the length of a record's text. Most are short; 'any' also has some that are longer than a batch or a pipe. */
function length(rank: number, seq: number, count: number, lengths: Lengths): number {
  const spread = scatter(rank * 1_000_003 + seq)
  const kind = seq % 1000
  if (lengths === 'short') return kind % 50 === 0 ? 500 + (spread % 2600) : 10 + (spread % 300)
  if (seq === count >> 2 || seq === count - (count >> 2)) return 900_000
  if (kind === 0) return 90_000
  return kind < 20 ? 5_000 + (spread % 10_000) : 10 + (spread % 300)
}

/** Returns a 32-bit hash: the finaliser of murmur3. */
function scatter(n: number): number {
  let hash = n | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
