import { OptionChecker, signalOption } from 'pino-rank/sink'

/** What a stream does at signals. They reach the main thread alone, so a string target has none of these. */
export interface SignalOptions {
  /** Signal at which the file is closed and its name opened again, e.g. `'SIGHUP'` after logrotate. @default none */
  reopenOn?: NodeJS.Signals
  /**
   * Signal at which the file is rotated, e.g. `'SIGUSR2'`. Needs the option `rotate`, which may be `{}`. @default none
   */
  rotateOn?: NodeJS.Signals
  /**
   * At SIGTERM, SIGINT and SIGHUP all lines are written; where the app has no handler of its own, the process then ends
   * by that signal, as it would have. @default false
   */
  handleSignals?: boolean
}

/** The names of {@link SignalOptions}. */
export const signalOptionKeys: readonly (keyof SignalOptions)[] = ['reopenOn', 'rotateOn', 'handleSignals']

/** Separates the signal options from the others and validates them. @throws {RankError} OPTION_INVALID */
export function splitSignals<Options extends SignalOptions>(
  packageName: string,
  options: Options,
): [signals: SignalOptions, others: Omit<Options, keyof SignalOptions>] {
  const { reopenOn, rotateOn, handleSignals = false, ...others } = options
  const check = new OptionChecker(packageName)
  if (reopenOn !== undefined) signalOption(check, 'reopenOn', reopenOn)
  if (rotateOn !== undefined) signalOption(check, 'rotateOn', rotateOn)
  if (rotateOn && !('rotate' in others)) {
    const fix = 'add rotate: {}, or what else it should do'
    throw check.invalid('rotateOn', 'the option "rotate" as well', rotateOn, fix)
  }
  return [
    {
      ...(reopenOn && { reopenOn }),
      ...(rotateOn && { rotateOn }),
      handleSignals: check.flag('handleSignals', handleSignals),
    },
    others,
  ]
}

/** Refuses the signal options of a target, because its worker gets no signals. @throws {RankError} OPTION_INVALID */
export function rejectSignals(packageName: string, stream: string, options: object): void {
  const signals: SignalOptions = options
  const given = signalOptionKeys.find((key) => signals[key] !== undefined)
  if (given === undefined) return
  const expected = 'none in a target: signals do not reach its worker'
  const fix = `give rankLogger a stream of the main thread: { stream: ${stream}({ … }) }`
  throw new OptionChecker(packageName, fix).invalid(given, expected, signals[given])
}
