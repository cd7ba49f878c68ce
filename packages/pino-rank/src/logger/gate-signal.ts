import { isMainThread } from 'node:worker_threads'
import { OptionChecker } from '../errors/index.ts'
import { onSignal, signalOption, WeakIterable } from '../process/index.ts'

/** What a signal toggles. */
interface Toggled {
  toggle(): void
}

const option = 'gateSignal'
const check = new OptionChecker('pino-rank', 'use "SIGUSR2" in the main thread, or leave it out and call setGate')

/** @throws {RankError} OPTION_INVALID for what is no signal that can be handled, and in a worker thread. */
export function checkGateSignal(signal: unknown, main: boolean = isMainThread): void {
  if (!main) throw check.invalid(option, 'none in a worker thread: signals reach the main thread alone', signal)
  signalOption(check, option, signal)
}

const watched = new Map<NodeJS.Signals, WeakIterable<Toggled>>()

/**
 * Toggles `gate` at each `signal`, for as long as the program uses it. All gates share one listener for each signal. It stays
 * until the exit, because without it the signal would end the process. It does not keep the process alive.
 */
export function onGateSignal(signal: NodeJS.Signals, gate: Toggled): void {
  const gates = watched.get(signal) ?? gatesAt(signal)
  gates.add(gate)
}

function gatesAt(signal: NodeJS.Signals): WeakIterable<Toggled> {
  const gates = new WeakIterable<Toggled>()
  watched.set(signal, gates)
  onSignal(signal, () => {
    for (const gate of gates) gate.toggle()
  })
  return gates
}
