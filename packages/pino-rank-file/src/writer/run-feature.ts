/** For the option `runDirectory`; a file of its own, so that a rank without it does not load it. */
export { runDirectory } from '../place/run-directory.ts'
