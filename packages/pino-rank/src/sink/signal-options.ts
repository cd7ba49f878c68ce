import { OptionChecker } from '../errors/index.ts'
import { isUsableSignal } from '../process/index.ts'
import type { SinkDeclaration } from './declaration.ts'

type Options = Record<string, unknown>

/**
 * Refuses the options of a sink that act at signals, for a target in a worker thread, which gets no signals.
 *
 * @param target as the user named it
 * @param fix what to do so that the target runs on the main thread
 * @throws {RankError} OPTION_INVALID
 */
export function rejectSignalOptions(declaration: SinkDeclaration, target: string, options: object, fix: string): void {
  const given = declaration.signalOptions?.find((option) => (options as Options)[option])
  if (given === undefined) return
  const at = `target "${target}", option "${given}"`
  const expected = 'none in a worker thread, which gets no signals'
  throw new OptionChecker('pino-rank').invalidAt(at, expected, (options as Options)[given], fix)
}

/** Returns the signals that these options name. In a bundle nobody has checked them, so others are left out. */
export function signalsIn({ signalOptions = [] }: SinkDeclaration, options: object): NodeJS.Signals[] {
  return signalOptions.map((option) => (options as Options)[option]).filter(isUsableSignal)
}
