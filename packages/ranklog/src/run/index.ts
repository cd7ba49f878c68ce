/** `ranklog run`: starts ranks, merges what they print, and finds the first cause of a failure. */
export { runCommand } from './run-command.ts'
