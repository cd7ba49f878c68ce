/** A folder for each run, which one rank claims for all. */
export { claimRunDirectory, type RunDirectoryOptions, runDirectory } from './claim-run-directory.ts'
