/** For authors of sinks: the clock, the file system as a sink uses it, and writes that are complete. */
export type {
  AsyncWrite,
  Clock,
  Disk,
  FilePlace,
  FileState,
  FileSystem,
  HeldFolder,
  ReplacedFile,
  Rotation,
  WriteAllOptions,
} from './system/index.ts'
export {
  FileClock,
  fileMode,
  fileSystemOf,
  folderMode,
  hasTornEnd,
  heldFolder,
  makeFolder,
  replaceFile,
  systemClock,
  systemDisk,
  useInside,
  writeAll,
  writeAllAsync,
  writeOnce,
} from './system/index.ts'
