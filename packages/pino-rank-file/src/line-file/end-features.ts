import { FileRotation, linkingDisk } from '../rotation/index.ts'
import type { Rotation } from '../system/index.ts'

/** What a file sink does besides appending, for the options `rotate` and `current`. */
export interface EndFeatures {
  linkingDisk: typeof linkingDisk
  fileRotation(...given: ConstructorParameters<typeof FileRotation>): Rotation
}

export const endFeatures: EndFeatures = { linkingDisk, fileRotation: (...given) => new FileRotation(...given) }
