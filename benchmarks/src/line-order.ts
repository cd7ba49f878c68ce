/** The order of some ranks' lines in one output. */
export interface LineOrder {
  lines: number
  /** Number of lines that do not follow the previous line of their rank. */
  disordered: number
  /** Number of lines behind a later line of any rank. `largestMs` is the largest delay among them. */
  behind: number
  largestMs: number
}

/** Reads pino's lines that have `rank` and `seq`, counted from 0. */
export function lineOrderOf(output: Buffer): LineOrder {
  const next: number[] = []
  const found = { lines: 0, disordered: 0, behind: 0, largestMs: 0 }
  let latest = 0
  for (let start = 0, end = 0; start < output.length; start = end + 1) {
    end = output.indexOf(10, start)
    if (end === -1) end = output.length
    const head = output.toString('latin1', start, Math.min(end, start + 200))
    const [, time, rank, seq] = (/"time":(\d+).*?"rank":(\d+),"seq":(\d+)/.exec(head) ?? []).map(Number)
    if (time === undefined || rank === undefined || seq === undefined) continue
    found.lines++
    if (seq !== (next[rank] ?? 0)) found.disordered++
    next[rank] = seq + 1
    if (time < latest) found.behind++
    found.largestMs = Math.max(found.largestMs, latest - time)
    latest = Math.max(latest, time)
  }
  return found
}
