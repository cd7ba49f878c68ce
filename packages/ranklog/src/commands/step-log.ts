/** Fields of a record that belong to a step. */
export interface StepRecord {
  step?: unknown
  pid?: unknown
  hostname?: unknown
}

/**
 * The steps of a rank's log, with the time of the first record of each. A log may also have steps of an earlier run or attempt: where
 * another process logs a step again, or the steps begin again, the earlier ones are forgotten from that step on.
 */
export class StepLog {
  /** By step, in ms since 1970. */
  readonly times: Map<number, number> = new Map()
  /** The furthest step. */
  last: number | undefined
  /** The process of the last step. */
  #pid: unknown
  #hostname: unknown

  /**
   * Takes a record, if it has a step.
   *
   * @param time of the record, in ms since 1970
   * @returns whether all steps before it were forgotten
   */
  take(record: StepRecord, time: number): boolean {
    const { step, pid, hostname } = record
    if (typeof step !== 'number' || !Number.isFinite(step)) return false
    const isKnown = pid !== undefined && this.#pid !== undefined
    const isOther = isKnown && (pid !== this.#pid || hostname !== this.#hostname)
    if (pid !== undefined) [this.#pid, this.#hostname] = [pid, hostname]
    const isForgotten = this.last !== undefined && step <= this.last && this.#forget(step, this.last, isOther)
    if (!this.times.has(step)) this.times.set(step, time)
    if (this.last === undefined || step > this.last) this.last = step
    return isForgotten
  }

  /** @returns whether no step is left */
  #forget(step: number, last: number, isOther: boolean): boolean {
    const [first = step] = this.times.keys()
    const beginsAgain = step <= first && last > first
    if (!beginsAgain && !isOther) return false
    for (const known of this.times.keys()) if (beginsAgain || known >= step) this.times.delete(known)
    this.last = undefined
    for (const known of this.times.keys()) this.last = Math.max(known, this.last ?? known)
    return this.times.size === 0
  }
}

/** Returns text that identifies the process of a record, by the fields that pino writes. Undefined if it has none. */
export function processOf({ pid, hostname }: StepRecord): string | undefined {
  return pid === undefined ? undefined : `${hostname ?? ''} ${pid}`
}
