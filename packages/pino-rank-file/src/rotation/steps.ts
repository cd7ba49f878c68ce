/**
 * A procedure that several processes may be in at once, cut at each `yield`: there another may act, or this one die. A
 * test walks through them in any order; {@link runSteps} does what a program does.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** One call of the system's, with a cut before it. */
export function* step<Result>(call: () => Result): Steps<Result> {
  yield
  return call()
}

/** From the beginning to the end, at once. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
