import { runDirectory } from '../place/run-directory.ts'
import { type AppendEndSettings, assembleEnd } from './assemble-end.ts'
import { endFeatures } from './end-features.ts'
import type { PlacedEnd } from './placed-end.ts'

export type { AppendEndSettings }

/** The append end of a rank that is open: with all features at hand. */
export function appendEnd(settings: AppendEndSettings, moved?: () => void): PlacedEnd {
  return assembleEnd(settings, { runDirectory, features: () => endFeatures }, moved)
}
