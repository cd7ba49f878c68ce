import { isMainThread } from 'node:worker_threads'
import { OptionChecker } from '../errors/index.ts'
import { onSignal, signalOption, WeakIterable } from '../process/index.ts'

/** A gate that a signal toggles. */
interface Toggled {
  toggle(): void
}

const option = 'gateSignal'
const check = new OptionChecker('pino-rank', 'use "SIGUSR2" in the main thread, or leave it out and call setGate')

/**
 * Checks the option `gateSignal`.
 *
 * @throws {RankError} OPTION_INVALID for a signal that cannot be handled, and in a worker thread
 */
export function checkGateSignal(signal: unknown, main: boolean = isMainThread): void {
  if (!main) throw check.invalid(option, 'none in a worker thread: signals reach the main thread alone', signal)
  signalOption(check, option, signal)
}

const gatesBySignal = new Map<NodeJS.Signals, WeakIterable<Toggled>>()

/**
 * Toggles `gate` at each `signal`, as long as the program has a reference to it. All gates share one listener for each signal.
 * The listener stays until exit, because without it the signal would end the process. It does not keep the process alive.
 */
export function onGateSignal(signal: NodeJS.Signals, gate: Toggled): void {
  const gates = gatesBySignal.get(signal) ?? listenTo(signal)
  gates.add(gate)
}

function listenTo(signal: NodeJS.Signals): WeakIterable<Toggled> {
  const gates = new WeakIterable<Toggled>()
  gatesBySignal.set(signal, gates)
  onSignal(signal, () => {
    for (const gate of gates) gate.toggle()
  })
  return gates
}
