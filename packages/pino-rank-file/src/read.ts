/** For readers of logs: loads nothing of what writes them. */
export { rotatedFiles } from './rotation/index.ts'
