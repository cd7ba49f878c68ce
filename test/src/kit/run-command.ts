import { execFileSync } from 'node:child_process'

/** Runs a short system command, and returns its stdout. @throws {Error} with its stderr if it fails */
export function runCommand(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' })
}

/** Runs a command, and reports whether it exists and succeeds. */
export function canRun(command: string, ...args: string[]): boolean {
  try {
    runCommand(command, ...args)
    return true
  } catch {
    return false
  }
}

/** Creates a FIFO. */
export function makeFifo(path: string): void {
  runCommand('mkfifo', path)
}
