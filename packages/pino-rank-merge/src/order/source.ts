/** Bytes of a source, cut anywhere. */
export type Source = (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & LiveState

/** Optional state of a live source. */
export interface LiveState {
  /** True if the source is disconnected for now. The merge does not wait for it. */
  readonly isAway?: boolean
  /** True if bytes of the source have arrived that it has not given yet. The source then does not count as silent. */
  readonly hasBytes?: boolean
  /** False: the source is not read into the memory while the merge waits for another source. @default true */
  readonly canReadAhead?: boolean
  /**
   * Called after a silent window while lines wait. Returns whether its program computes and so may hold lines that it has not
   * written.
   */
  isComputing?(silentMs: number): boolean
}
