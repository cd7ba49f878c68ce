import type { ChildProcess } from 'node:child_process'
import { peerGoneCode, type RankReport } from './rank-job.ts'

/** What the ranks of a job sent and wrote. */
export interface Supervised {
  reports: RankReport[]
  /** The first line that each rank wrote to stderr, in the order of the ranks. Ranks that wrote nothing have no entry. */
  messages: string[]
}

interface Exit {
  rank: number
  code: number | null
  signal: NodeJS.Signals | null
  wasKilled: boolean
}

/** Maximum number of characters of a rank's stderr that are stored: the last ones. */
const maxText = 4000

/**
 * Waits until all ranks of a job have sent their reports and ended. If a rank fails, or the signal is aborted, it kills the
 * other ranks.
 *
 * @throws {Error} that names the rank that failed first, with its stderr
 * @throws the reason of `signal`, if it is aborted
 */
export function superviseRanks(
  children: readonly ChildProcess[],
  mode: string,
  signal: AbortSignal,
): Promise<Supervised> {
  const reports: RankReport[] = []
  const texts = children.map(() => '')
  const exits: Exit[] = []
  let isKilling = false
  const killAll = () => {
    isKilling = true
    for (const child of children) child.kill('SIGKILL')
  }
  const watch = (child: ChildProcess, rank: number) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      texts[rank] = `${texts[rank]}${text}`.slice(-maxText)
    })
    child.on('message', (report) => {
      reports[rank] = report as RankReport
    })
    child.once('error', (error) => {
      texts[rank] += error.message
    })
    child.once('exit', (code, signal) => {
      exits.push({ rank, code, signal, wasKilled: isKilling && signal === 'SIGKILL' })
      // setImmediate: first handle the exits that have already happened, so that the first one is found
      if (code !== 0) setImmediate(killAll)
    })
    return new Promise((closed) => child.once('close', closed))
  }
  signal.addEventListener('abort', killAll, { once: true })
  const allClosed = Promise.all(children.map(watch))
  if (signal.aborted) killAll()
  return allClosed.then(() => {
    signal.removeEventListener('abort', killAll)
    signal.throwIfAborted()
    if (children.some((_, rank) => !reports[rank])) throw new Error(failureText(exits, reports, texts, mode))
    return { reports, messages: texts.map(firstLine).filter((text) => text !== '') }
  })
}

/** Returns the error text for the rank that failed first: not one that ended because another had, or that we killed. */
function failureText(exits: readonly Exit[], reports: readonly RankReport[], texts: string[], mode: string): string {
  const failed = exits.filter(({ rank }) => !reports[rank])
  const cause = failed.find(({ code, wasKilled }) => code !== peerGoneCode && !wasKilled) ?? failed[0]
  const rank = cause?.rank ?? texts.findIndex((_, rank) => !reports[rank])
  const how = cause?.signal ? `by ${cause.signal}` : `with exit code ${cause?.code}`
  const end = cause ? `ended ${how} before it had measured` : 'could not be started'
  const stderr = texts[rank]?.trim()
  return `ranklog-bench: rank ${rank} of ${texts.length} in "${mode}" ${end}${stderr ? `; its stderr: ${stderr}` : ''}`
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] as string
}
