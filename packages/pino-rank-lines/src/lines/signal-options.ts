import { isMainThread } from 'node:worker_threads'
import { OptionChecker, signalOption } from 'pino-rank/sink'

/**
 * What a stream does at signals. Signals reach only the main thread: a target of `rankLogger` takes these options if it runs in
 * the process, and refuses them in pino's worker thread.
 */
export interface SignalOptions {
  /** Signal at which the file is closed, and opened again by name, e.g. `'SIGHUP'` after logrotate. @default none */
  reopenOn?: NodeJS.Signals
  /**
   * Signal at which the file is rotated, e.g. `'SIGUSR2'`. Needs the option `rotate`, which may be `{}`.
   * @default none
   */
  rotateOn?: NodeJS.Signals
  /**
   * True writes all lines at SIGTERM, SIGINT and SIGHUP. The process then ends by that signal, unless the program handles it
   * itself.
   * @default false
   */
  handleSignals?: boolean
}

/** The names of {@link SignalOptions}. */
export const signalOptionKeys: readonly (keyof SignalOptions)[] = ['reopenOn', 'rotateOn', 'handleSignals']

/**
 * Separates the signal options from the others, and validates them.
 *
 * @param stream the name of the function that makes the same stream on the main thread, for errors
 * @throws {RankError} OPTION_INVALID, also for any of these options in a worker thread, which gets no signals
 */
export function splitSignals<Options extends SignalOptions>(
  packageName: string,
  stream: string,
  options: Options,
): [signals: SignalOptions, others: Omit<Options, keyof SignalOptions>] {
  checkObject(packageName, stream, options)
  const { reopenOn, rotateOn, handleSignals = false, ...others } = options
  if (!isMainThread) rejectSignals(packageName, stream, options)
  const check = new OptionChecker(packageName)
  if (reopenOn !== undefined) signalOption(check, 'reopenOn', reopenOn)
  if (rotateOn !== undefined) signalOption(check, 'rotateOn', rotateOn)
  if (rotateOn && !('rotate' in others)) {
    const fix = 'add the option "rotate", e.g. rotate: {}'
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

/** Refuses options that are not an object, e.g. a file name, which other destinations take. */
function checkObject(packageName: string, stream: string, options: unknown): void {
  if (typeof options === 'object' && options !== null) return
  const check = new OptionChecker(packageName)
  throw check.invalidAt(`${stream}() options`, 'an object', options, 'give one, e.g. { path: "train.log" }')
}

function rejectSignals(packageName: string, stream: string, options: SignalOptions): void {
  const given = signalOptionKeys.find((key) => options[key] !== undefined && options[key] !== false)
  if (given === undefined) return
  const expected = 'none in a worker thread, which gets no signals'
  const fix = `build the logger with rankLogger on the main thread, without thread: true, or give it { stream: ${stream}({ … }) }`
  throw new OptionChecker(packageName, fix).invalid(given, expected, options[given])
}
