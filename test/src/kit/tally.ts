import { createReadStream } from 'node:fs'
import { type Lengths, record } from './records.ts'

/** Counts of the lines of a run. All but `found` must be 0. */
export interface Verdict {
  found: number
  /** Lines that do not parse, or that no rank has logged. */
  torn: number
  /** Missing lines of each rank. */
  lost: number[]
  twice: number
  /** Lines after one of the same rank with a greater number. */
  disordered: number
}

/** Checks each line of `paths` against the records of the ranks, in bounded memory. `counts` has the number of each rank. */
export async function tally(paths: string[], counts: readonly number[], lengths: Lengths): Promise<Verdict> {
  const verdict = { found: 0, torn: 0, lost: [...counts], twice: 0, disordered: 0 }
  const seen = counts.map((count) => new Uint8Array(count))
  const last = new Int32Array(counts.length).fill(-1)
  const judge = (line: string) => {
    const { rank, seq, fill } = parse(line)
    const [count = 0, own] = [counts[rank], seen[rank]]
    const sent = own && seq < count ? record(rank, seq, count, lengths) : undefined
    if (sent?.fill !== fill || own === undefined || sent === undefined) {
      verdict.torn++
      return
    }
    verdict.found++
    if (own[seq]) verdict.twice++
    else {
      verdict.lost[rank] = (verdict.lost[rank] as number) - 1
      if (seq < (last[rank] ?? 0)) verdict.disordered++
    }
    own[seq] = 1
    last[rank] = seq
  }
  for (const path of paths) await eachLine(path, judge)
  return verdict
}

/** Calls `take` with each line of a file. A last line without its newline gets a note, so that it does not parse. */
export async function eachLine(path: string, take: (line: string) => void): Promise<void> {
  let tail = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 2 ** 20 })) {
    const lines = (tail + chunk).split('\n')
    tail = lines.pop() ?? ''
    lines.forEach(take)
  }
  if (tail !== '') take(`${tail} (without a newline)`)
}

function parse(line: string): { rank: number; seq: number; fill?: string } {
  try {
    return JSON.parse(line)
  } catch {
    return { rank: Infinity, seq: Infinity }
  }
}
