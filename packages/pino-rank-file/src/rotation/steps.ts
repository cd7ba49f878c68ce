/**
 * A procedure that several processes may run at the same time. At each `yield` another process may act, or this one may
 * die. Tests run the steps of several processes in any order. {@link runSteps} runs one procedure to its end.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Makes one system call, after a `yield`. */
export function* step<Result>(call: () => Result): Steps<Result> {
  yield
  return call()
}

/** Runs all steps without a pause, and returns the result. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
