import { createRequire } from 'node:module'
import { reportLine } from 'pino-rank/sink'
import { type AppendEndSettings, assembleEnd } from './assemble-end.ts'
import type { EndFeatures } from './end-features.ts'
import type { PlacedEnd } from './placed-end.ts'

/** Made when it is called: in a CommonJS bundle there is no `import.meta.url`, and a worker needs none of this. */
const load = (file: string) => createRequire(import.meta.url)(file)

/**
 * The append end of a rank that may never write. What an error cannot be placed without is loaded now: at the first error
 * no descriptor may be left to load it. Rotation is loaded with the first line, which is written without it if need be.
 */
export function lightEnd(settings: AppendEndSettings, moved?: () => void): PlacedEnd {
  const runDirectory = settings.run && load('./run-feature.js').runDirectory
  return assembleEnd(settings, { runDirectory, features: () => loadFeatures(settings.name) }, moved)
}

/** @throws where no descriptor is left: then the file cannot be opened either, and both are tried again */
function loadFeatures(name: string): EndFeatures | undefined {
  try {
    return load('./end-features.js').endFeatures
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE') throw error
    reportLine(`${name}: no rotation and no current link in this process: ${message}`)
    return undefined
  }
}
