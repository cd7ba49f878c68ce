let ofRunner: NodeJS.ExitListener[] | undefined

/** Makes {@link simulateExit} leave out the test runner's 'exit' listeners. Call it before the first test and each later one. */
export function leaveOutRunner(): void {
  ofRunner ??= process.listeners('exit')
}

/** Calls the program's 'exit' listeners, as Node does when the process exits with `code`. */
export function simulateExit(code: number): void {
  const { exitCode } = process
  const state = process as { _exiting?: boolean }
  state._exiting = true
  process.exitCode = code
  try {
    for (const listener of process.listeners('exit')) if (!ofRunner?.includes(listener)) listener.call(process, code)
  } finally {
    state._exiting = false
    process.exitCode = exitCode
  }
}
