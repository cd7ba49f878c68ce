/**
 * Errors and warnings: `RankError`, the checks of options, warnings that are given once, the one line on stderr with which logging
 * reports its own faults, and text that is safe for a terminal.
 */
export { checkIntrinsics } from './check-intrinsics.ts'
export { countText } from './count-text.ts'
export { escapeControls, escapeJson, escapeLine, oneLine } from './escape-controls.ts'
export { maxTimerMs, OptionChecker } from './option-checker.ts'
export { type Complaint, RankError, type RankErrorCode } from './rank-error.ts'
export { reportLine } from './report-line.ts'
export { thrownText } from './thrown-text.ts'
export { warnOnce } from './warn-once.ts'
