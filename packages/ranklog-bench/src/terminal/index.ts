/** What the user sees and sends while a benchmark runs: the progress line, and the signals that end it. */
export { Interruption } from './interruption.ts'
export { Progress, type ProgressStream } from './progress.ts'
