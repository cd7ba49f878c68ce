import type { Clock, Disk, Rotation } from 'pino-rank-lines/system'

/** Where a file is, and what depends on that. */
export interface FileLocation {
  path: string
  /** @default the system's */
  disk?: Disk | undefined
  /** @default none */
  rotation?: Rotation | undefined
}

/** What an {@link AppendFile} does beside appending. */
export interface AppendFileOptions extends Omit<FileLocation, 'path'> {
  clock?: Clock
  /** Called when the file is first opened, until it returns. @default the path, disk and rotation that are given */
  locate?: () => FileLocation
  /** Power loss is to be outlived: a new file's name and the last lines of one that is left are synced too. */
  durable?: boolean
  /** Told once when another program has cut the file short (logrotate's copytruncate). */
  truncated?: (path: string) => void
  /** Called when the open file was renamed and no file can be created under the name. Lines then go on into the renamed file. */
  onStay?: (error: NodeJS.ErrnoException) => void
  /** Called when another writer's line may have been appended directly to a fragment of ours, on the same line. */
  onGlued?: () => void
  /** Called when lines that another writer's line had cut could not be written again. */
  onLost?: (lines: number) => void
  /** Told when the file was left for another one under its name. */
  moved?: () => void
}
