import { constants } from 'node:os'
import type { OptionChecker } from '../errors/index.ts'

/** Signals that a process cannot handle, or not safely (node:process, "Signal events"), with the reason. */
const refused: ReadonlyMap<unknown, string> = new Map([
  ['SIGUSR1', 'node starts its debugger at SIGUSR1'],
  ['SIGKILL', 'SIGKILL cannot be handled'],
  ['SIGSTOP', 'SIGSTOP cannot be handled'],
  ['SIGBUS', 'SIGBUS is a crash'],
  ['SIGFPE', 'SIGFPE is a crash'],
  ['SIGILL', 'SIGILL is a crash'],
  ['SIGSEGV', 'SIGSEGV is a crash'],
])

/** Reports whether this system has such a signal, and a program can listen to it safely. */
export function isUsableSignal(value: unknown): value is NodeJS.Signals {
  return typeof value === 'string' && Object.hasOwn(constants.signals, value) && !refused.has(value)
}

/**
 * Returns the value of an option that names a signal to listen to.
 *
 * @throws {RankError} OPTION_INVALID if this system has no such signal, or if a program cannot listen to it safely
 */
export function signalOption(check: OptionChecker, option: string, value: unknown): NodeJS.Signals {
  const reason = refused.get(value)
  if (reason !== undefined) throw check.invalid(option, `another signal, because ${reason}`, value)
  if (isUsableSignal(value)) return value
  throw check.invalid(option, 'the name of a signal that this system has', value)
}
