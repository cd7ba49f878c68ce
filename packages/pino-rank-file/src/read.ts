/** For readers of logs. Loads no code that writes. */
export { rotatedFiles } from './rotation/index.ts'
