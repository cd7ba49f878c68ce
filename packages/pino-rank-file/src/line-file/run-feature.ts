/** The code of the option `runDirectory`. It is a module of its own, so that a rank without the option does not load it. */
export { runDirectory } from '../run-directory/index.ts'
