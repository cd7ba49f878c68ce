import type { Clock, Disk, FilePlace, Rotation } from 'pino-rank-lines/system'

/** Where a file is, and what depends on that. */
export interface FileLocation {
  path: string
  /** @default the system's */
  disk?: Disk | undefined
  /** @default none */
  rotation?: Rotation | undefined
}

/** What an {@link AppendFile} does besides appending. */
export interface AppendFileOptions extends Omit<FileLocation, 'path'> {
  clock?: Clock
  /** Called when the file is first opened, until it returns. @default the path, disk and rotation that are given */
  locate?: () => FileLocation
  /**
   * Returns where another file is, whose path is given as in the sink's options. @default it stays where it is
   *
   * @throws {RankError} for a path that the options would refuse
   */
  relocate?: (file: string) => { place: FilePlace; locate: () => FileLocation }
  /** Make files survive a power loss: also sync a new file's name, and the last lines of a file that is closed. */
  durable?: boolean
  /** Called when another program has truncated the file (logrotate's copytruncate). */
  onTruncate?: (path: string) => void
  /** Called when the open file was renamed and no file can be created under the name. Lines are then appended to the renamed file. */
  onStay?: (error: NodeJS.ErrnoException) => void
  /** Called when another writer's line may have been appended directly to a fragment of ours, on the same line. */
  onGlued?: () => void
  /** Called when lines that another writer's line had cut could not be written again. */
  onLost?: (lines: number) => void
  /** Called when another file under the name was opened in place of this one. */
  onMove?: () => void
}
