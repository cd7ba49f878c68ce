import { createRequire } from 'node:module'
import { reportLine } from 'pino-rank/sink'
import type { AppendFile } from '../append/index.ts'
import { type AppendSinkSettings, assembleSink } from './assemble-sink.ts'
import type { SinkFeatures } from './sink-features.ts'

/**
 * Loads a module of this package synchronously. `createRequire` is called only when a module is needed, because it
 * throws in a CommonJS bundle, which has no `import.meta.url`.
 */
const load = (module: string) => createRequire(import.meta.url)(module)

/**
 * Returns the sink of a gated rank, which may never write. The code that claims a run directory is loaded now, because
 * the first error may come when no descriptor is left to load it. Rotation is loaded with the first line. If that
 * fails, the line is written without rotation.
 */
export function lightSink(settings: AppendSinkSettings, onMove?: () => void): AppendFile {
  const runDirectory = settings.run && load('./run-feature.js').runDirectory
  return assembleSink(settings, { runDirectory, features: () => loadFeatures(settings.name) }, onMove)
}

/**
 * Returns undefined if the code cannot be loaded.
 *
 * @throws if no descriptor is left: the file cannot be opened either, so both are retried
 */
function loadFeatures(name: string): SinkFeatures | undefined {
  try {
    return load('./sink-features.js').sinkFeatures
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE') throw error
    reportLine(`${name}: this process works without rotation and current link: their code cannot be loaded: ${message}`)
    return undefined
  }
}
