/** Rotation of a file that several processes write, and retention of the rotated files. */
export { FileRotation } from './file-rotation.ts'
export { linkingDisk } from './linking-disk.ts'
export { type RotateOptions, type RotationSettings, rotateOptionKeys, rotationSettings } from './rotate-options.ts'
export { rotatedFiles } from './rotated-files.ts'
