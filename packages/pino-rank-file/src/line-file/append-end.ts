import type { PlacedEnd } from '../append/index.ts'
import { runDirectory } from '../run-directory/index.ts'
import { type AppendEndSettings, assembleEnd } from './assemble-end.ts'
import { endFeatures } from './end-features.ts'

export type { AppendEndSettings }

/** Returns the sink of an open rank, with all features loaded. */
export function appendEnd(settings: AppendEndSettings, moved?: () => void): PlacedEnd {
  return assembleEnd(settings, { runDirectory, features: () => endFeatures }, moved)
}
