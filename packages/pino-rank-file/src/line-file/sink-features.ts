import type { Rotation } from 'pino-rank-lines/system'
import { FileRotation, linkingDisk } from '../rotation/index.ts'

/** The code of the options `rotate` and `current`. */
export interface SinkFeatures {
  linkingDisk: typeof linkingDisk
  fileRotation(...given: ConstructorParameters<typeof FileRotation>): Rotation
}

export const sinkFeatures: SinkFeatures = { linkingDisk, fileRotation: (...given) => new FileRotation(...given) }
