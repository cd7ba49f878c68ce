import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { OptionChecker } from '../errors/index.ts'
import { WeakIterable } from '../process/index.ts'

/** What a signal toggles. */
interface Toggled {
  toggle(): void
}

const option = 'gateSignal'
const check = new OptionChecker('pino-rank', 'use "SIGUSR2" in the main thread, or leave it out and call setGate')

/** Signals that a process cannot handle, or not safely (node:process, "Signal events"), and why. */
const refused: ReadonlyMap<unknown, string> = new Map([
  ['SIGUSR1', 'node starts its debugger at SIGUSR1'],
  ['SIGKILL', 'SIGKILL cannot be handled'],
  ['SIGSTOP', 'SIGSTOP cannot be handled'],
  ['SIGBUS', 'SIGBUS is a crash'],
  ['SIGFPE', 'SIGFPE is a crash'],
  ['SIGILL', 'SIGILL is a crash'],
  ['SIGSEGV', 'SIGSEGV is a crash'],
])

/** @throws {RankError} OPTION_INVALID for what is no signal that can be handled, and in a worker thread. */
export function checkGateSignal(signal: unknown, main: boolean = isMainThread): void {
  if (!main) throw check.invalid(option, 'none in a worker thread: signals reach the main thread alone', signal)
  const reason = refused.get(signal)
  if (reason !== undefined) throw check.invalid(option, `a signal that is free: ${reason}`, signal)
  if (typeof signal === 'string' && Object.hasOwn(constants.signals, signal)) return
  throw check.invalid(option, 'the name of a signal that this system has', signal)
}

const watched = new Map<NodeJS.Signals, WeakIterable<Toggled>>()

/**
 * Toggles `gate` at each `signal`, for as long as somebody else keeps it. All gates share one listener a signal. It stays
 * until the exit, because without it the signal would end the process; it does not keep the process alive.
 */
export function onGateSignal(signal: NodeJS.Signals, gate: Toggled): void {
  const gates = watched.get(signal) ?? listen(signal)
  gates.add(gate)
}

function listen(signal: NodeJS.Signals): WeakIterable<Toggled> {
  const gates = new WeakIterable<Toggled>()
  watched.set(signal, gates)
  process.on(signal, () => {
    for (const gate of gates) gate.toggle()
  })
  return gates
}
