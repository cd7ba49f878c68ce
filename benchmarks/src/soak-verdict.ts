import type { LineOf } from '../../packages/ranklog-bench/dist/ranks/line.js'
import { eachPiece, isNotice } from '../../packages/ranklog-bench/dist/ranks/log-files.js'
import { beginsLine, parseLine } from './fixed-line.ts'
import type { Tick } from './soak-rank.ts'

/** The reports of a writer from its start to its end, and how it ended. */
export interface Life {
  rank: number
  attempt: number
  ticks: readonly Tick[]
  killed: boolean
}

/** The numbers of lines, by what happened to them. */
export interface Verdict {
  logged: number
  found: number
  twice: number
  /** Whole lines after another writer's fragment, on the same line of the file. They are also counted as found. */
  behindFragment: number
  /** Beginnings of lines, after a full disk, a file size limit or a kill. */
  fragments: number
  /** Pieces that are neither a line nor the beginning of a line. */
  torn: number
  /** Lines that the stream counted as dropped, with a notice in the log. */
  dropped: number
  /** Lost when the writer was killed, because they were younger than the flush age. This is documented. */
  young: number
  /** Lost when the writer was killed, because the disk did not accept them. This is documented. */
  refused: number
  /** Lost when the writer was killed, because its writer thread had not written them. This is documented. */
  onThread: number
  /** Lost for no allowed reason. */
  unexplained: number
}

/** Maximum age of a line that is not written while the event loop is blocked, plus one tick of a timer, in ms. */
const flushAge = 4 + 15

/** Reads the files, and checks for each missing line whether it is allowed to be missing. */
export function soakVerdict(files: readonly string[], lives: readonly Life[]): Verdict {
  const pieces = readPieces(files)
  const verdict: Verdict = {
    ...pieces.counts,
    logged: 0,
    found: 0,
    dropped: 0,
    young: 0,
    refused: 0,
    onThread: 0,
    unexplained: 0,
  }
  for (const life of lives) {
    const found = pieces.lines.get(keyOf(life)) ?? new Set()
    const logged = life.ticks.at(-1)?.logged ?? 0
    const missing = lost(life, found)
    verdict.logged += logged
    verdict.found += found.size
    for (const why of missing) verdict[why]++
    if (found.size + missing.length !== logged) verdict.unexplained += Math.abs(found.size + missing.length - logged)
  }
  return verdict
}

type Cause = 'dropped' | 'young' | 'refused' | 'onThread' | 'unexplained'

/** Returns the cause for each line of a life that is not in the files. */
function lost({ ticks, killed }: Life, found: ReadonlySet<number>): Cause[] {
  const last = ticks.at(-1)
  if (!last) return []
  const progress = ticks.findLastIndex(({ written }, i) => written > (ticks[i - 1]?.written ?? 0))
  const refusing = last.errors > (ticks[progress - 1]?.errors ?? 0) // a short write counts as written and as an error in one tick
  const urgent = ticks.slice(0, -1).findLast((tick) => tick.urgent)
  const safe = refusing ? 0 : (urgent?.logged ?? 0)
  const causes: Cause[] = []
  let line = 0
  let drops = last.drops
  for (const tick of ticks) {
    for (; line < tick.logged; line++) {
      if (found.has(line)) continue
      if (drops > 0 && drops-- > 0) causes.push('dropped')
      else if (!killed || line < last.written || line < safe) causes.push('unexplained')
      else if (refusing) causes.push('refused')
      else if (last.at - tick.at <= flushAge) causes.push('young')
      else causes.push(last.hasThread ? 'onThread' : 'unexplained')
    }
  }
  return causes
}

interface Pieces {
  /** Numbers of the lines found, by rank and attempt. */
  lines: Map<string, Set<number>>
  counts: Pick<Verdict, 'twice' | 'behindFragment' | 'fragments' | 'torn'>
}

function readPieces(files: readonly string[]): Pieces {
  const lines = new Map<string, Set<number>>()
  const counts = { twice: 0, behindFragment: 0, fragments: 0, torn: 0 }
  const take = ({ rank, step: attempt, line }: LineOf) => {
    const key = keyOf({ rank, attempt })
    const set = lines.get(key) ?? new Set()
    lines.set(key, set)
    if (set.has(line)) counts.twice++
    set.add(line)
  }
  const judge = (piece: string) => {
    const parts = piece.split(/(?<=.)(?=\{"level":)/)
    for (const part of parts) {
      const line = parseLine(part)
      if (line) take(line)
      else if (beginsLine(part)) counts.fragments++
      else if (!isNotice(part)) counts.torn++
      if (line && parts.length > 1) counts.behindFragment++
    }
  }
  for (const file of files) eachPiece(file, judge)
  return { lines, counts }
}

function keyOf({ rank, attempt }: { rank: number; attempt: number }): string {
  return `${rank}/${attempt}`
}
