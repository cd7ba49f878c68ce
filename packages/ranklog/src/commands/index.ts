/** One file per command, with what it alone needs. */
export { explainCommand } from './explain-command.ts'
export { mergeCommand } from './merge-command.ts'
export { statusCommand } from './status-command.ts'
export { tailCommand } from './tail-command.ts'
