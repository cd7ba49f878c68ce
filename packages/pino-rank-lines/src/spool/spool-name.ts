import { randomBytes } from 'node:crypto'
import { type ProcessId, processIdFrom, thisProcess } from 'pino-rank/process'

/** The information in the name of a spool file. */
export interface SpoolName {
  /** The id of the queue, a UUID. */
  id: string
  /**
   * The process that holds the file. `free`: no process. Undefined: the name is of version 0.1.0 of pino-mlflow, which has no
   * holder.
   */
  holder: ProcessId | 'free' | undefined
}

const pattern = /^([0-9a-f-]{36})\.(.+)\.[0-9a-f]{8}\.ndjson$/
const oldPattern = /^.+-\d+-([0-9a-f-]{36})\.ndjson$/

/**
 * Maximum length of a host name in the file name, because a file name has at most 255 bytes. If no boot id is known, a
 * truncated host name matches no process.
 */
const maxHost = 40

/** Returns a name that no file has had before. @param prefix the start of the name, the same for all files of one program */
export function spoolName(prefix: string, id: string, holder: 'this process' | 'free'): string {
  const by = holder === 'free' ? holder : holderText(thisProcess())
  return `${prefix}-${id}.${by}.${randomBytes(4).toString('hex')}.ndjson`
}

/** Parses the name of a file. Undefined if it is not a spool with this prefix. */
export function parseSpoolName(prefix: string, name: string): SpoolName | undefined {
  if (!name.startsWith(`${prefix}-`)) return undefined
  const rest = name.slice(prefix.length + 1)
  const [, id, holder] = pattern.exec(rest) ?? []
  if (id !== undefined) return { id, holder: holder === 'free' ? holder : holderIn(holder as string) }
  const [, oldId] = oldPattern.exec(rest) ?? []
  return oldId === undefined ? undefined : { id: oldId, holder: undefined }
}

function holderText({ host, boot, pidNamespace, pid, startTime }: ProcessId): string {
  const short = host.replace(/[^\w.-]/g, '_').slice(0, maxHost)
  return [short, boot, pidNamespace, String(pid), startTime].map(encodeURIComponent).join(',')
}

function holderIn(text: string): ProcessId | undefined {
  const parts = text.split(',')
  if (parts.length !== 5) return undefined
  try {
    const [host, boot, pidNamespace, pid, startTime] = parts.map(decodeURIComponent)
    return processIdFrom({ host, boot, pidNamespace, pid: Number(pid), startTime })
  } catch {
    return undefined // not one of our names
  }
}
