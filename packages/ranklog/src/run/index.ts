/** `ranklog run`: starts ranks, merges their output, and finds the first cause of a failure. */
export { runCommand } from './run-command.ts'
