/** The command line: its options with their defaults, units, checks and help. */
export { type CommandLine, type RunCommand, readCommandLine } from './command-line.ts'
export { helpText } from './help.ts'
export { checkPlaces, type Outputs, readFigures } from './places.ts'
