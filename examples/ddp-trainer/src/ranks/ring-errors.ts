/** A neighbour in the ring has ended or has never joined. The failure of this rank is only a consequence of that. */
export class NeighbourLost extends Error {
  override readonly name = 'NeighbourLost'
}

/** Two ranks wait for each other in different calls, for example because one of them logs a metric that the other does not log. */
export class CollectiveMismatch extends Error {
  override readonly name = 'CollectiveMismatch'
}

/** A rank has not made the call that this rank waits in. */
export class CollectiveTimeout extends Error {
  override readonly name = 'CollectiveTimeout'
}

/** A rank is stopped, computes without an end, or has lost its network. */
export class RankUnresponsive extends Error {
  override readonly name = 'RankUnresponsive'
  /** The rank that does not respond. */
  readonly rank: number

  constructor(message: string, rank: number) {
    super(message)
    this.rank = rank
  }
}
