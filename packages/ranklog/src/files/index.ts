/** Log files: how they are found, read, followed, merged and written. */
export { findLogs, findSources, type LogSource } from './find-sources.ts'
export { followFile } from './follow-files.ts'
export { InputFiles } from './input-file.ts'
export { type MergeFilesOptions, type MergeFilesStats, mergeFiles } from './merge-files.ts'
export { isMarked, mergeMark } from './merge-mark.ts'
export { openOutput } from './open-output.ts'
export { outputTarget, refuseInput } from './output-target.ts'
export { hasUnknownLocalRank, isSelected, selectSources, unknownLocalRank } from './select-sources.ts'
