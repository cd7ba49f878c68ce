import type { Clock, Disk, FilePlace, Rotation } from 'pino-rank-lines/system'

/** The path of a file, and what depends on it. */
export interface FileLocation {
  path: string
  /** @default the system's */
  disk?: Disk | undefined
  /** @default none */
  rotation?: Rotation | undefined
}

/** Options of an {@link AppendFile}. */
export interface AppendFileOptions extends Omit<FileLocation, 'path'> {
  clock?: Clock
  /**
   * Determines the location when the file is first opened. If it throws, the next write calls it again. @default the
   * given path, disk and rotation
   */
  locate?: () => FileLocation
  /**
   * Returns the new place for `moveTo(file)`. `file` may have the placeholders of the option `path`. @default none: `moveTo`
   * has no effect
   *
   * @throws {RankError} for a path that the option refuses
   */
  relocate?: (file: string) => { place: FilePlace; locate: () => FileLocation }
  /** Make files survive a power loss: also sync the folder of a new file, and the last lines of a file that is closed. */
  durable?: boolean
  /** Called when another program has truncated the file (logrotate's copytruncate). */
  onTruncate?: (path: string) => void
  /**
   * Called when the open file was renamed and no file can be created at its path. Lines are then appended to the
   * renamed file.
   */
  onReopenFailure?: (error: NodeJS.ErrnoException) => void
  /** Called when a fragment of ours has no newline, so that another writer's line may follow it on the same line. */
  onUnterminated?: () => void
  /**
   * Called by `end` if torn lines could not be written again, with their number. A line is torn if another writer's line got
   * between its parts.
   */
  onLost?: (lines: number) => void
  /** Called when the sink has opened another file at the same path, for example after a rotation. */
  onMove?: () => void
}
