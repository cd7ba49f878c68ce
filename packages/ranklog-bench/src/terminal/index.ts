/** The terminal while a benchmark runs: the progress line, and the signals that end the run. */
export { Interruption } from './interruption.ts'
export { Progress, type ProgressStream } from './progress.ts'
