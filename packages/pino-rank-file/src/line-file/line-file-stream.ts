import { isMainThread } from 'node:worker_threads'
import type { SinkDeclaration } from 'pino-rank/sink'
import type { LineEnd, SignalOptions } from '../lines/index.ts'
import { LineStream } from '../lines/index.ts'
import type { LineFileSettings } from './line-file-options.ts'
import { ThreadLane } from './thread-lane.ts'

/**
 * The stream over a file's end. On the main thread a disk that proves slow gets a lane; a worker waits for its disk, and
 * what comes meanwhile waits in pino's channel, without bound.
 */
export function lineFileStream(
  end: LineEnd,
  declaration: SinkDeclaration,
  settings: LineFileSettings,
  signals?: SignalOptions,
): LineStream {
  // What earlier runs left is done with by the time there is a lane.
  const { rotation } = settings
  const laned = rotation ? { ...settings, rotation: { ...rotation, own: false } } : settings
  const options = isMainThread ? { ...settings, lane: () => new ThreadLane(laned) } : settings
  return new LineStream(end, declaration, options, signals)
}
