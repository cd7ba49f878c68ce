import { isMainThread } from 'node:worker_threads'
import type { SinkDeclaration } from 'pino-rank/sink'
import type { LineSink, SignalOptions } from 'pino-rank-lines'
import { LineStream } from 'pino-rank-lines'
import { type AppendSinkSettings, appendSink, type SettingsAt } from './append-sink.ts'
import { startWriterThread } from './file-writer-thread.ts'
import type { LineFileSettings } from './line-file-options.ts'

/**
 * Returns the stream over a file sink. On the main thread a slow disk gets a writer thread, unless each line has to be
 * in the file when its call returns (`flushBytes: 1`). In pino's worker a write blocks until the disk accepts it.
 * Meanwhile pino buffers lines on the main thread, without bound.
 *
 * @param settingsAt needed by a sink that can be moved to another path
 */
export function lineFileStream(
  sink: LineSink,
  declaration: SinkDeclaration,
  settings: LineFileSettings,
  signals?: SignalOptions,
  settingsAt?: SettingsAt,
): LineStream {
  const canMove = isMainThread && settings.flushBytes > 1
  const startThread = () => startWriterThread(onThread(settings), settingsAt && ((file) => onThread(settingsAt(file))))
  return new LineStream(sink, declaration, canMove ? { ...settings, startThread } : settings, signals)
}

/** Returns a stream whose `reopen(file)` can move it to another path. */
export function movableFileStream(
  settings: LineFileSettings,
  settingsAt: SettingsAt,
  declaration: SinkDeclaration,
  signals?: SignalOptions,
): LineStream {
  return lineFileStream(appendSink(settings, undefined, settingsAt), declaration, settings, signals, settingsAt)
}

/** Returns the settings for a writer thread. It starts late, when files of earlier runs have already been handled. */
function onThread<Settings extends AppendSinkSettings>(settings: Settings): Settings {
  const { rotation } = settings
  return rotation ? { ...settings, rotation: { ...rotation, own: false } } : settings
}
