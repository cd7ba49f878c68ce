import { isMainThread } from 'node:worker_threads'
import type { SinkDeclaration } from 'pino-rank/sink'
import type { LineSink, SignalOptions } from 'pino-rank-lines'
import { LineStream } from 'pino-rank-lines'
import { FileWriterThread } from './file-writer-thread.ts'
import type { LineFileSettings } from './line-file-options.ts'

/**
 * Returns the stream over a file's sink. On the main thread a slow disk gets a writer thread, unless each line has to be in the
 * file when its call returns (`flushBytes: 1`). A worker waits for its disk. Meanwhile lines wait in pino's channel, without bound.
 */
export function lineFileStream(
  sink: LineSink,
  declaration: SinkDeclaration,
  settings: LineFileSettings,
  signals?: SignalOptions,
): LineStream {
  // What earlier runs left is done with by the time there is a writer thread.
  const { rotation } = settings
  const threadSettings = rotation ? { ...settings, rotation: { ...rotation, own: false } } : settings
  const canMove = isMainThread && settings.flushBytes > 1
  const options = canMove ? { ...settings, startThread: () => new FileWriterThread(threadSettings) } : settings
  return new LineStream(sink, declaration, options, signals)
}
