/** An iterable of bytes. Chunks may end anywhere, also within a line. */
export type Source = (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & LiveState

/** Optional state of a live source. */
export interface LiveState {
  /** True if the source is disconnected for now. The merge does not wait for it. */
  readonly isAway?: boolean
  /** True if bytes of the source have arrived that it has not delivered yet. The source then does not count as silent. */
  readonly hasBytes?: boolean
  /** False: the source is not read ahead into the option `memory` while the merge waits for another source. @default true */
  readonly canReadAhead?: boolean
  /**
   * Reports whether the program of the source is computing, so that it may hold lines that it has not written. Called
   * when the source has been silent for the window and other lines wait for it.
   */
  isComputing?(silentMs: number): boolean
}
