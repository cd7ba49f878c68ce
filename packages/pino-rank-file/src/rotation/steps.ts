/**
 * A procedure that several processes may run at once. At each `yield` another process may act, or this one may die. A
 * test runs the steps of several in any order. {@link runSteps} runs one to its end.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** One system call, with a `yield` before it. */
export function* step<Result>(call: () => Result): Steps<Result> {
  yield
  return call()
}

/** Runs all steps at once. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
