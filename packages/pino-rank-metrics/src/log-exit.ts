/** What {@link logExit} asks of a pino logger. */
export interface InfoLog {
  info(fields: object): void
}

/**
 * Logs `{ run: { exitCode } }` when the process exits, before pino's own listener closes its transports: so metric sinks in
 * a worker learn how the run has ended. `rankLogger` does it by itself. Returns the function that takes it back.
 */
export function logExit(log: InfoLog): () => void {
  const listener = (exitCode: number) => log.info({ run: { exitCode } })
  process.prependListener('exit', listener)
  return () => void process.off('exit', listener)
}
