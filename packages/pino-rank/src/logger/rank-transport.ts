import type pino from 'pino'
import { OptionChecker, RankError } from '../errors/index.ts'
import type { RankGate } from '../gate/index.ts'

/**
 * A destination for records, which is a pino target, a pipeline or a ready stream, and the ranks that write to it. A sink that
 * declares `inProcess` runs on the calling thread. `thread: true` asks for pino's worker thread.
 */
export type RankTarget = RankGate &
  (
    | { target: string; options?: object; thread?: boolean }
    | { pipeline: readonly PipelineStep[] }
    | { stream: pino.DestinationStream }
  )

/** A pino target: a single one, or a step of a pipeline. */
export interface PipelineStep {
  target: string
  options?: object
}

/** pino's settings for the worker thread that all targets of a logger share. */
export interface WorkerSettings {
  worker?: pino.TransportBaseOptions['worker']
  dedupe?: boolean
  sync?: boolean
  /** Files that the targets resolve from, nearest first, for a logger that a framework creates. @default the callers */
  caller?: string | readonly string[]
}

/** pino's `transport`, with a gate on each target. */
export type RankTransport = WorkerSettings & (RankTarget | { targets: readonly RankTarget[] })

/** A target entry with all its possible fields. */
export interface TargetEntry extends RankGate {
  target?: string
  options?: object
  thread?: boolean
  pipeline?: readonly PipelineStep[]
  stream?: pino.DestinationStream
  /** A file for pino's own destination, as pino's second argument may name one. */
  file?: string
}

const check = new OptionChecker('pino-rank', 'correct this entry')
const settingKeys = ['worker', 'dedupe', 'sync', 'caller']
const entryKeys = ['target', 'pipeline', 'stream', 'options', 'thread', 'ranks', 'others', 'level']

/**
 * Reads the option `transport`: its targets, and the settings of the worker.
 *
 * @throws {RankError} OPTION_UNKNOWN for an unknown key, OPTION_INVALID for a target without a destination, or with two
 */
export function readTransport(transport: RankTransport): { entries: TargetEntry[]; settings: WorkerSettings } {
  if (!isObject(transport))
    throw check.invalidAt('transport', 'an object with a target, targets, pipeline or stream', transport)
  if (isStream(transport)) throw readyStream()
  const { worker, dedupe, sync, caller, ...rest } = transport
  const settings = { worker, dedupe, sync, caller }
  if ('levels' in rest) throw ownLevels()
  if (!isCaller(caller)) throw check.invalidAt('transport.caller', 'a file name, or a list of them', caller)
  const { targets = undefined, ...more } = rest as { targets?: readonly TargetEntry[] }
  if (!targets) return { entries: [readEntry(more, 'transport', settingKeys)], settings }
  check.rejectUnknownKeys(more, ['targets', ...settingKeys], 'transport')
  if (!Array.isArray(targets)) throw check.invalidAt('transport.targets', 'an array of targets', targets)
  return { entries: targets.map((target, i) => readEntry(target, `transport.targets[${i}]`)), settings }
}

/** Reports whether the value is a destination, by the check that pino makes. */
export function isStream(value: unknown): value is pino.DestinationStream {
  return isObject(value) && typeof (value as { write?: unknown }).write === 'function'
}

function readEntry(entry: TargetEntry, at: string, settings: string[] = []): TargetEntry {
  if (!isObject(entry)) throw check.invalidAt(at, 'an object with a target, pipeline or stream', entry)
  check.rejectUnknownKeys(entry, [...entryKeys, ...settings], at)
  const { target, pipeline, stream, options } = entry
  const named = Object.entries({ target, pipeline, stream }).filter(([, value]) => value !== undefined)
  const names = named.map(([name]) => name)
  if (names.length !== 1)
    throw check.invalidAt(at, 'one of target, pipeline or stream', names.length ? names : undefined)
  if (names[0] === 'stream' && !isStream(stream)) throw check.invalidAt(`${at}.stream`, 'a stream with write()', stream)
  if (names[0] === 'pipeline') checkPipeline(pipeline, `${at}.pipeline`)
  checkOptions(options, at)
  checkThread(entry, at)
  return entry
}

function checkPipeline(steps: unknown, at: string): void {
  if (!Array.isArray(steps) || steps.length === 0) throw check.invalidAt(at, 'an array of targets', steps)
  for (const [i, step] of steps.entries()) {
    if (!isObject(step)) throw check.invalidAt(`${at}[${i}]`, 'an object with a target', step)
    check.rejectUnknownKeys(step, ['target', 'options', 'level'], `${at}[${i}]`)
    checkOptions((step as PipelineStep).options, `${at}[${i}]`)
  }
}

function checkThread({ thread, target }: TargetEntry, at: string): void {
  if (thread === undefined) return
  if (typeof thread !== 'boolean') throw check.invalidAt(`${at}.thread`, 'true or false', thread)
  if (target === undefined) throw check.invalidAt(`${at}.thread`, 'a target in the same entry', thread, 'leave it out')
}

function checkOptions(options: unknown, at: string): void {
  if (options !== undefined && options !== null && !isObject(options)) {
    throw check.invalidAt(`${at}.options`, 'an object of options', options)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCaller(caller: unknown): boolean {
  return [caller].flat().every((file) => file === undefined || (typeof file === 'string' && file !== ''))
}

function readyStream(): RankError {
  const fix = 'give the stream as second argument, rankLogger(options, stream), or as transport: { stream }'
  return check.invalidAt('transport', 'a description of targets', 'a stream', fix)
}

function ownLevels(): RankError {
  return new RankError('OPTION_UNKNOWN', {
    package: 'pino-rank',
    at: 'transport',
    expected: 'no key "levels", because pino replaces it with customLevels',
    received: 'levels',
    fix: 'define them in customLevels',
  })
}
