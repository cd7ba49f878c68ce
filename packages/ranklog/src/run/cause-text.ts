import { oneLine } from 'pino-rank/sink'
import { ranksText } from 'pino-rank-merge'
import type { FirstCause, RankReport } from './first-cause.ts'

/** Returns the report of a failure as lines of text. */
export function causeLines(cause: FirstCause): string[] {
  const { rank, host, pid, attempt, afterSeconds, error, lastLines, others } = cause
  const where = `host ${host}, pid ${pid}${attempt > 0 ? `, attempt ${attempt}` : ''}, after ${afterSeconds} s`
  const groups = new Map<string, RankReport[]>()
  for (const other of others.filter(({ cause }) => cause !== 'failed')) {
    const text = other.cause === 'ended' ? 'had already ended, or ended without an error' : `followed: ${endOf(other)}`
    groups.set(text, [...(groups.get(text) ?? []), other])
  }
  return [
    `ranklog run: rank ${rank} failed first: ${endOf(cause)} (${where})`,
    ...(error ? (error.stack ?? error.message).trimEnd().split('\n') : []).map((line) => `  ${line}`),
    ...(lastLines.length > 0 ? ['  its last lines:', ...lastLines.map((line) => `  | ${line}`)] : []),
    ...others
      .filter(({ cause }) => cause === 'failed')
      .map((other) => `rank ${other.rank} failed ${other.laterMs} ms later: ${endOf(other)}${messageOf(other)}`),
    ...[...groups].map(([text, ranks]) => {
      const names = ranksText(ranks.map(({ rank }) => String(rank)))
      return `${ranks.length === 1 ? 'rank' : 'ranks'} ${names} ${text}`
    }),
  ]
}

function endOf({ exitCode, signal, lostPeer }: RankReport): string {
  return `${signal ?? `exit code ${exitCode}`}${lostPeer ? ', it had lost a peer' : ''}`
}

function messageOf({ error }: RankReport): string {
  return error ? ` (${oneLine(error.message)})` : ''
}
