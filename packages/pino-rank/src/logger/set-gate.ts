import { OptionChecker, type RankError } from '../errors/index.ts'
import type { RankGate } from '../gate/index.ts'
import { RunTimeGate } from './run-time-gate.ts'

const check = new OptionChecker('pino-rank')

/**
 * Changes the gate of a running logger: `setGate(log, { ranks: '*', level: 'debug' })` opens it on every rank that makes this
 * call. An option of the call overrides what the logger, its sinks and its targets set. An option that is left out has their
 * value again, so `setGate(log)` restores the gate of construction.
 *
 * A target that is needed now and was not built starts at its first record. A target that was opened stays open until exit, also
 * if the gate closes; `log.info` is then pino's no-op again. A logger and its children have one gate: given a child, the call
 * changes that of its logger. Sets `level` of the logger, of `log`, of children that are made afterwards, and with `gateSignal`
 * of existing children.
 *
 * @throws {RankError} and changes nothing: OPTION_INVALID for a logger that `rankLogger` did not make, OPTION_UNKNOWN,
 * LEVEL_UNKNOWN, RANK_SET_SYNTAX, RANK_FIELD_MISSING
 */
export function setGate(log: { level: string }, gate: RankGate = {}): void {
  const own = typeof log === 'object' && log !== null ? RunTimeGate.of(log) : undefined
  if (!own) throw unknownLogger(log)
  check.rejectUnknownKeys(gate, ['ranks', 'others', 'level'], 'setGate() options')
  own.set({ ...gate })
  if (log.level !== own.level) log.level = own.level
}

function unknownLogger(log: unknown): RankError {
  return check.invalidAt(
    'setGate() logger',
    'a logger that rankLogger made, or a child of one',
    Object.prototype.toString.call(log),
    'make it with rankLogger; where you build it with gate(), set log.level',
  )
}
