import { constants } from 'node:os'
import { RankError } from 'pino-rank/sink'
import { oneOf } from './one-of.ts'

/** What a stream does at signals. They reach the main thread alone, so a string target has none of these. */
export interface SignalOptions {
  /** At this signal the file is left and its name opened again, e.g. `'SIGHUP'` after logrotate. @default none */
  reopenOn?: NodeJS.Signals
  /** At this signal the file is rotated, e.g. `'SIGUSR2'`; needs the option `rotate`, which may be `{}`. @default none */
  rotateOn?: NodeJS.Signals
  /**
   * At SIGTERM, SIGINT and SIGHUP all lines are written; where the app has no handler of its own, the process then ends
   * by that signal, as it would have. @default false
   */
  handleSignals?: boolean
}

/** The names of {@link SignalOptions}. */
export const signalOptionKeys: readonly (keyof SignalOptions)[] = ['reopenOn', 'rotateOn', 'handleSignals']

/** Takes the signal options from the others, and checks them. @throws {RankError} OPTION_INVALID */
export function splitSignals<Options extends SignalOptions>(
  from: string,
  options: Options,
): [signals: SignalOptions, others: Omit<Options, keyof SignalOptions>] {
  const { reopenOn, rotateOn, handleSignals = false, ...others } = options
  checkSignal(from, 'reopenOn', reopenOn)
  checkSignal(from, 'rotateOn', rotateOn)
  if (rotateOn && !('rotate' in others)) {
    throw new RankError('OPTION_INVALID', {
      package: from,
      at: 'option "rotateOn"',
      expected: 'the option "rotate" beside it',
      received: rotateOn,
      fix: 'add rotate: {}, or what else it should do',
    })
  }
  return [
    {
      ...(reopenOn && { reopenOn }),
      ...(rotateOn && { rotateOn }),
      handleSignals: oneOf(from, 'handleSignals', handleSignals, [true, false]),
    },
    others,
  ]
}

function checkSignal(from: string, option: string, signal: NodeJS.Signals | undefined): void {
  if (signal === undefined || (Object.hasOwn(constants.signals, signal) && !untrappable.includes(signal))) return
  throw new RankError('OPTION_INVALID', {
    package: from,
    at: `option "${option}"`,
    expected: 'the name of a signal that can be handled, e.g. "SIGHUP"',
    received: signal,
    fix: 'give one, or leave the option out',
  })
}

/** A string target gets none of them. @throws {RankError} OPTION_INVALID */
export function rejectSignals(from: string, stream: string, options: object): void {
  const signals: SignalOptions = options
  const given = signalOptionKeys.find((key) => signals[key] !== undefined)
  if (given === undefined) return
  throw new RankError('OPTION_INVALID', {
    package: from,
    at: `option "${given}"`,
    expected: 'none in a target: signals do not reach its worker',
    received: signals[given],
    fix: `give rankLogger a stream of the main thread: { stream: ${stream}({ … }) }`,
  })
}

const untrappable: readonly string[] = ['SIGKILL', 'SIGSTOP']
