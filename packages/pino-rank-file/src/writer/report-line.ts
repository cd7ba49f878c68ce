import { writeOnce } from './write-once.ts'

/** Tells the operator, on stderr: logging cannot report its own faults through itself. */
export function reportLine(line: string): void {
  try {
    writeOnce(2, Buffer.from(`${line}\n`))
  } catch {
    // stderr is gone: there is nobody left to tell
  }
}
