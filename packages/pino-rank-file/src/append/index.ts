/** A file that several processes append to. */
export { AppendFile, type AppendFileOptions } from './append-file.ts'
export { PlacedSink } from './placed-sink.ts'
export { type SharedFile, sharedFile } from './shared-file.ts'
export { sharedPlace } from './shared-place.ts'
