import type { WriterStats } from './writer-stats.ts'

/** The place to which a {@link LineWriter} writes whole lines. */
export interface LineSink {
  /** The file's path, if the sink is a file and its path is known. */
  readonly path?: string | undefined
  /**
   * Writes the first bytes of `lines`, up to the end of a line, and returns how many. The next call gets the rest. The newline of
   * the last line may be left for that call.
   *
   * @throws the system's error if it can take nothing now
   */
  write(lines: Buffer): number
  /**
   * Writes one line in a faster way, if nothing has to be checked first. Returns how many of its `bytes` were written, up to the
   * end of a line as with `write`. Returns 0 to have `write` called instead.
   *
   * @param now time of the call, in ms, by the clock of the writer
   */
  writeLine?(line: string, bytes: number, now: number): number
  /** Reports whether an error of `write` means that the sink is full at the moment, for example EAGAIN of a full pipe. */
  isFull?(error: NodeJS.ErrnoException): boolean
  /** Reports whether an error of `write` closes the sink for good, for example EPIPE. Further lines are counted as dropped. */
  isPermanent?(error: NodeJS.ErrnoException): boolean
  /**
   * Calls fsync for what was written.
   *
   * @param done with it, the call returns at once, and `done` gets the error; without it, the call returns when the data is on
   * the disk
   */
  sync?(done?: (error: Error | null) => void): void
  /** Called after each batch. */
  onWrite?(stats: WriterStats): void
  /** Called before the last lines are written. After it, a write may wait for a full sink. */
  beforeEnd?(): void
  /**
   * For a sink that sends lines on, for example to a server. Called at `end()` of the stream, and for a callback of `flush`, when
   * the sink has taken all lines. Resolves when they have arrived, or never will. Only then does the stream emit 'close' or call
   * back. A process that exits does not wait for it.
   */
  drain?(): Promise<void>
  /** Called when no more lines follow: at `end()` of the stream, and at exit. */
  end?(stats: WriterStats): void
  /** Rotates the file, if the sink has one. Never throws. */
  rotate?(): void
  /**
   * Called when a writer thread takes over. Unlike `close` it may keep a descriptor that must stay open, such as that of a named
   * pipe.
   *
   * @default close
   */
  release?(): void
  /**
   * Closes the descriptor. A later `write` opens another file.
   *
   * @param file a path as in the sink's options
   * @throws {RankError} for a path that the options would refuse. Nothing has changed then
   */
  moveTo?(file: string): void
  /** Closes the descriptor. A later `write` opens it again. */
  close(): void
}
