let cell: SharedArrayBuffer | undefined

/**
 * One int32 for all sinks that ask how the process ends: -1, and its exit code from the exit on. The listener comes before
 * pino's, which ends the workers.
 */
export function exitCodeCell(): SharedArrayBuffer {
  if (cell) return cell
  cell = new SharedArrayBuffer(4)
  const code = new Int32Array(cell).fill(-1)
  process.prependListener('exit', (exitCode) => Atomics.store(code, 0, exitCode))
  return cell
}
