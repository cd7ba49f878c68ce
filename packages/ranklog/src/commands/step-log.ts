/** The fields of a record that a {@link StepLog} uses. */
export interface StepRecord {
  step?: unknown
  pid?: unknown
  hostname?: unknown
}

/**
 * The steps in a rank's log, with the time of the first record of each. A log may also have steps of an earlier run or
 * attempt. If another process logs a step that is already known, that step and all later ones are removed. If the steps begin
 * again at the first one, all are removed.
 */
export class StepLog {
  /** Time of each step, in ms since 1970. */
  readonly times: Map<number, number> = new Map()
  /** The furthest step. */
  last: number | undefined
  /** The process of the last step. */
  #pid: unknown
  #hostname: unknown

  /**
   * Adds a record. Ignores it if it has no step.
   *
   * @param time the time of the record, in ms since 1970
   * @returns true if all earlier steps were removed
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

  /** Removes the steps of an earlier run or attempt. Returns true if that were all steps. */
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

/** Returns a text that identifies the process of a record, from pino's fields `pid` and `hostname`; undefined without `pid`. */
export function processOf({ pid, hostname }: StepRecord): string | undefined {
  return pid === undefined ? undefined : `${hostname ?? ''} ${pid}`
}
