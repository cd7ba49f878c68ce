/** The command line: types of commands and options, help, completions, stdout and stderr, and input errors. */
export type { Command, Given, Io } from './command.ts'
export { completionsFor, type Shell, shells } from './completions.ts'
export { helpOf, overview } from './help.ts'
export { InputError } from './input-error.ts'
export { type Line, Output, standardOutputs } from './output.ts'
export { levelLabels, ranksOption, readArgs, timeOption } from './read-args.ts'
export { readCount, readLabel, readLevel, readRanks, readTime } from './read-options.ts'
