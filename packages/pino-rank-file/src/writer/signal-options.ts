import { constants } from 'node:os'
import { RankError } from 'pino-rank/sink'
import { oneOf } from './one-of.ts'

/** What a stream does at signals. They reach the main thread alone, so a string target has none of these. */
export interface SignalOptions {
  /** At this signal the file is left and its name opened again, e.g. `'SIGHUP'` after logrotate. @default none */
  reopenOn?: NodeJS.Signals
  /**
   * At SIGTERM, SIGINT and SIGHUP all lines are written; where the app has no handler of its own, the process then ends
   * by that signal, as it would have. @default false
   */
  handleSignals?: boolean
}

const keys = ['reopenOn', 'handleSignals'] as const

/** Takes the signal options from the others, and checks them. @throws {RankError} OPTION_INVALID */
export function splitSignals<Options extends SignalOptions>(
  from: string,
  options: Options,
): [signals: SignalOptions, others: Omit<Options, keyof SignalOptions>] {
  const { reopenOn, handleSignals = false, ...others } = options
  if (reopenOn !== undefined && (!Object.hasOwn(constants.signals, reopenOn) || untrappable.includes(reopenOn))) {
    throw new RankError('OPTION_INVALID', {
      package: from,
      at: 'option "reopenOn"',
      expected: 'the name of a signal that can be handled, e.g. "SIGHUP"',
      received: reopenOn,
      fix: 'give one, or leave the option out',
    })
  }
  return [
    { ...(reopenOn && { reopenOn }), handleSignals: oneOf(from, 'handleSignals', handleSignals, [true, false]) },
    others,
  ]
}

/** A string target gets none of them. @throws {RankError} OPTION_INVALID */
export function rejectSignals(from: string, stream: string, options: object): void {
  const signals: SignalOptions = options
  const given = keys.find((key) => signals[key] !== undefined)
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
