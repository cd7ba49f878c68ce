import type { AppendFile } from '../append/index.ts'
import { runDirectory } from '../run-directory/index.ts'
import { type AppendSinkSettings, assembleSink, type SettingsAt } from './assemble-sink.ts'
import { sinkFeatures } from './sink-features.ts'

export type { AppendSinkSettings, SettingsAt }

/** Returns the sink of an open rank, with all features loaded. */
export function appendSink(settings: AppendSinkSettings, onMove?: () => void, settingsAt?: SettingsAt): AppendFile {
  return assembleSink(settings, { runDirectory, features: () => sinkFeatures }, onMove, settingsAt)
}
