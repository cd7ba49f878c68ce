import { OptionChecker, type RankError } from '../errors/index.ts'
import type { RankGate } from '../gate/index.ts'
import { RunTimeGate } from './run-time-gate.ts'

const check = new OptionChecker('pino-rank')

/**
 * Decides the gate of a running logger anew: `setGate(log, { ranks: '*', level: 'debug' })` opens it on every rank that
 * calls this. What is named wins over what the logger, its sinks and its targets say; what is not named is theirs again,
 * so that `setGate(log)` puts back the gate of construction. Each call stands alone.
 *
 * Targets that are now wanted and were not built start at their first record. What was opened stays open until the
 * exit, also when the gate closes; `log.info` is pino's no-op again. The gate is one for a logger and its children:
 * given a child, it is that of its logger. Sets `level` of the logger, of `log`, of children made afterwards, and of the
 * living ones where `gateSignal` is set.
 *
 * @throws {RankError} and changes nothing: OPTION_INVALID for a logger that `rankLogger` did not make, OPTION_UNKNOWN,
 *   LEVEL_UNKNOWN, RANK_SET_SYNTAX, RANK_FIELD_MISSING.
 */
export function setGate(log: { level: string }, gate: RankGate = {}): void {
  const own = typeof log === 'object' && log !== null ? RunTimeGate.of(log) : undefined
  if (!own) throw foreign(log)
  check.rejectUnknownKeys(gate, ['ranks', 'others', 'level'], 'setGate() options')
  own.set({ ...gate })
  if (log.level !== own.level) log.level = own.level
}

function foreign(log: unknown): RankError {
  return check.invalidAt(
    'setGate() logger',
    'a logger that rankLogger made, or a child of one',
    Object.prototype.toString.call(log),
    'make it with rankLogger; where you build it with gate(), set log.level',
  )
}
