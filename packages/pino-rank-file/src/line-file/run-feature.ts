/** The feature behind the option `runDirectory`. It has a file of its own, so that a rank without the option does not load it. */
export { runDirectory } from '../run-directory/index.ts'
