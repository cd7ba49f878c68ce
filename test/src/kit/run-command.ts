import { execFileSync } from 'node:child_process'

/** Runs a command of the system that ends at once, and returns its stdout. @throws {Error} with its stderr if it fails */
export function runCommand(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' })
}

/** Runs a command, and reports whether it succeeded: a machine may lack it, or not let this user run it. */
export function canRun(command: string, ...args: string[]): boolean {
  try {
    runCommand(command, ...args)
    return true
  } catch {
    return false
  }
}

/** Makes a FIFO. */
export function makeFifo(path: string): void {
  runCommand('mkfifo', path)
}
