import type pino from 'pino'
import type { RankGate } from './gate.ts'
import { RankError, rejectUnknownKeys } from './rank-error.ts'

/** One place where records go: a target or pipeline of pino's, or a ready stream; and the ranks that write to it. */
export type RankTarget = RankGate &
  (
    | { target: string; options?: object }
    | { pipeline: readonly { target: string; options?: object }[] }
    | { stream: pino.DestinationStream }
  )

/** pino's settings of the one worker thread that serves all of a logger's targets. */
export interface WorkerSettings {
  worker?: pino.TransportBaseOptions['worker']
  dedupe?: boolean
  sync?: boolean
}

/** pino's `transport`, with a gate on each target. */
export type RankTransport = WorkerSettings & (RankTarget | { targets: readonly RankTarget[] })

/** A target with all that it may have. */
export interface TargetEntry extends RankGate {
  target?: string
  options?: object
  pipeline?: readonly { target: string; options?: object }[]
  stream?: pino.DestinationStream
}

const settingKeys = ['worker', 'dedupe', 'sync']
const entryKeys = ['target', 'pipeline', 'stream', 'options', 'ranks', 'others', 'level']

/** @throws {RankError} OPTION_UNKNOWN for a key that neither pino nor we know, OPTION_INVALID for none or two destinations. */
export function readTransport(transport: RankTransport): { entries: TargetEntry[]; settings: WorkerSettings } {
  const { worker, dedupe, sync, ...rest } = transport
  const settings = { worker, dedupe, sync }
  if (!('targets' in rest)) return { entries: [readEntry(rest, 'transport', settingKeys)], settings }
  const { targets, ...more } = rest
  rejectUnknownKeys('pino-rank', more, ['targets', ...settingKeys], 'transport')
  if (!Array.isArray(targets)) throw invalid('transport.targets', 'an array of targets', targets)
  return { entries: targets.map((target, i) => readEntry(target, `transport.targets[${i}]`)), settings }
}

function readEntry(entry: TargetEntry, at: string, settings: string[] = []): TargetEntry {
  if (typeof entry !== 'object' || entry === null)
    throw invalid(at, 'an object with a target, pipeline or stream', entry)
  rejectUnknownKeys('pino-rank', entry, [...entryKeys, ...settings], at)
  const { target, pipeline, stream } = entry
  const named = Object.entries({ target, pipeline, stream }).filter(([, value]) => value !== undefined)
  const names = named.map(([name]) => name)
  if (names.length !== 1) throw invalid(at, 'one of target, pipeline or stream', names.length ? names : undefined)
  if (stream && typeof stream.write !== 'function') throw invalid(`${at}.stream`, 'a stream with write()', stream)
  return entry
}

function invalid(at: string, expected: string, received: unknown): RankError {
  return new RankError('OPTION_INVALID', { package: 'pino-rank', at, expected, received, fix: 'name exactly that' })
}
