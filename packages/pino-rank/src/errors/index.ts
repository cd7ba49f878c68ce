/**
 * Errors and warnings: `RankError`, the check for unknown options, warnings that are given once, and the one line on stderr
 * with which logging reports its own faults.
 */
export { type Complaint, RankError, type RankErrorCode, rejectUnknownKeys } from './rank-error.ts'
export { reportLine } from './report-line.ts'
export { thrownText } from './thrown-text.ts'
export { warnOnce } from './warn-once.ts'
