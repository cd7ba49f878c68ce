/** A file that several processes append to. */
export { AppendFile } from './append-file.ts'
export type { AppendFileOptions, FileLocation } from './append-file-options.ts'
export { type SharedFile, sharedFile } from './shared-file.ts'
export { sharedPlace } from './shared-place.ts'
