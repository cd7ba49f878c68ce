/** The commands: one file for each, and the files that only commands need. */
export { explainCommand } from './explain-command.ts'
export { mergeCommand } from './merge-command.ts'
export { statusCommand } from './status-command.ts'
export { tailCommand } from './tail-command.ts'
