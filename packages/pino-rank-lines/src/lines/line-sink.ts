import type { WriterStats } from './writer-stats.ts'

/** Where the whole lines of a {@link LineWriter} are written. */
export interface LineSink {
  /** The file's path, if the sink is a file and its path is known. */
  readonly path?: string | undefined
  /**
   * Writes the first bytes of `lines`, up to the end of a line, and returns how many. The newline of that line may be left for the
   * rest. Called again with the rest.
   *
   * @throws the system's error if it can take none now
   */
  write(lines: Buffer): number
  /**
   * A shorter way for one line, where the sink has one and nothing has to be looked at before. Returns how many of its `bytes` it
   * took, up to a line's end as `write` does: 0 if `write` is to be called.
   *
   * @param now time of the call, in ms, by the clock of the writer
   */
  writeLine?(line: string, bytes: number, now: number): number
  /** Reports whether an error of `write` says that the sink takes nothing at the moment, for example EAGAIN of a full pipe. */
  isFull?(error: NodeJS.ErrnoException): boolean
  /** Reports whether an error of `write` closes the sink for good, for example EPIPE. Further lines are counted as dropped. */
  isPermanent?(error: NodeJS.ErrnoException): boolean
  /**
   * Makes what was written outlast a power loss.
   *
   * @param done without it, the call returns when that is so; with it, the call returns at once, and `done` gets the error
   */
  sync?(done?: (error: Error | null) => void): void
  /** Called after each batch. */
  onWrite?(stats: WriterStats): void
  /** Called before the last lines are written. From then on a write may wait for a sink that is full. */
  beforeEnd?(): void
  /**
   * For a sink that sends lines on: called at `end()` of the stream and for a callback of `flush`, when it has taken all lines.
   * Resolves when they have arrived, or never will. The stream emits 'close' and calls back then. A process that exits does not
   * wait for it.
   */
  drain?(): Promise<void>
  /** Called when no more lines follow: at `end()` of the stream, and at the process's exit. */
  end?(stats: WriterStats): void
  /** Rotates the file, if the sink has one. Never throws. */
  rotate?(): void
  /**
   * Called when a writer thread takes over. It may keep open what must not be without a writer, such as a named pipe.
   *
   * @default close
   */
  release?(): void
  /**
   * Closes the descriptor. A later `write` opens another file.
   *
   * @param file a path as in the sink's options
   * @throws {RankError} for a path that the options would refuse. Then nothing has changed
   */
  moveTo?(file: string): void
  /** Closes the descriptor. A later `write` opens it again. */
  close(): void
}
