import { createRequire } from 'node:module'
import { reportLine } from 'pino-rank/sink'
import type { AppendFile } from '../append/index.ts'
import { type AppendSinkSettings, assembleSink } from './assemble-sink.ts'
import type { SinkFeatures } from './sink-features.ts'

/**
 * Loads a file on demand. `createRequire` is called late, because a CommonJS bundle has no `import.meta.url` and a worker needs
 * none.
 */
const load = (file: string) => createRequire(import.meta.url)(file)

/**
 * Returns the sink of a rank that may never write. The code that an error needs to be placed is loaded now, because at the
 * first error no descriptor may be left to load it. Rotation is loaded with the first line. If that fails, the line is written
 * without it.
 */
export function lightSink(settings: AppendSinkSettings, onMove?: () => void): AppendFile {
  const runDirectory = settings.run && load('./run-feature.js').runDirectory
  return assembleSink(settings, { runDirectory, features: () => loadFeatures(settings.name) }, onMove)
}

/** @throws if no descriptor is left. The file cannot be opened then either, so both are retried. */
function loadFeatures(name: string): SinkFeatures | undefined {
  try {
    return load('./sink-features.js').sinkFeatures
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE') throw error
    reportLine(`${name}: no rotation and no current link in this process: ${message}`)
    return undefined
  }
}
