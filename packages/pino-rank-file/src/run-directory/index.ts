/** Run directories: a numbered folder for each run. The first rank creates it, and the others find it. */
export { claimRunDirectory, type RunDirectoryOptions, runDirectory } from './claim-run-directory.ts'
