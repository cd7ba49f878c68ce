import { OptionChecker } from '../errors/index.ts'
import { isUsableSignal } from '../process/index.ts'
import type { SinkDeclaration } from './declaration.ts'

type Options = Record<string, unknown>

/**
 * Refuses options that act at signals, for a target that runs in a worker thread, which gets no signals.
 *
 * @param target the name that the user gave
 * @param fix what to change so that the target runs on the main thread
 * @throws {RankError} OPTION_INVALID
 */
export function rejectSignalOptions(declaration: SinkDeclaration, target: string, options: object, fix: string): void {
  const given = declaration.signalOptions?.find((option) => (options as Options)[option])
  if (given === undefined) return
  const at = `target "${target}", option "${given}"`
  const expected = 'none in a worker thread, which gets no signals'
  throw new OptionChecker('pino-rank').invalidAt(at, expected, (options as Options)[given], fix)
}

/** Returns the usable signals that these options name. In a bundle the options are not checked yet, so other values are left out. */
export function signalsIn({ signalOptions = [] }: SinkDeclaration, options: object): NodeJS.Signals[] {
  return signalOptions.map((option) => (options as Options)[option]).filter(isUsableSignal)
}
