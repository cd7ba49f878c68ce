import { FileRotation } from '../rotation/file-rotation.ts'
import { linkingDisk } from '../rotation/linking-disk.ts'
import type { Rotation } from './append-file.ts'

/** What a file sink does besides appending, for the options `rotate` and `current`. */
export interface EndFeatures {
  linkingDisk: typeof linkingDisk
  fileRotation(...given: ConstructorParameters<typeof FileRotation>): Rotation
}

export const endFeatures: EndFeatures = { linkingDisk, fileRotation: (...given) => new FileRotation(...given) }
