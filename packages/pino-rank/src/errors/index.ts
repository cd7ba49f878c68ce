/**
 * Errors and warnings: `RankError`, the option checker, warnings that are emitted once, the one-line report on stderr for faults
 * of logging itself, and text that is safe for a terminal.
 */
export { checkIntrinsics } from './check-intrinsics.ts'
export { countText } from './count-text.ts'
export { escapeControls, escapeJson, escapeLine, oneLine } from './escape-controls.ts'
export { maxTimerMs, OptionChecker } from './option-checker.ts'
export { type Complaint, RankError, type RankErrorCode } from './rank-error.ts'
export { reportLine } from './report-line.ts'
export { thrownText } from './thrown-text.ts'
export { warnOnce } from './warn-once.ts'
