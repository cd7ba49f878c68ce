/** The command line: options with their defaults, units, checks and help. */
export { type CommandLine, type Measurable, type RunCommand, readCommandLine } from './command-line.ts'
export { absentText, helpText } from './help.ts'
export { checkPlaces, type Outputs, readFigures } from './places.ts'
