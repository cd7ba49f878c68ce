import type { Output } from './output.ts'

/** One option of a command. */
export interface Option {
  /** Placeholder for the value in the help. Undefined: the option has no value. */
  value?: string
  short?: string
  /** Names of this option in other launchers, which are accepted too. */
  aliases?: readonly string[]
  about: string
  multiple?: boolean
  /** All valid values, for shell completions. */
  values?: readonly string[]
}

/** The arguments of a command. */
export interface Given {
  options: Record<string, string | boolean | string[] | undefined>
  paths: string[]
}

/** The outputs and the environment of a command. */
export interface Io {
  stdout: Output
  stderr: Output
  env: NodeJS.ProcessEnv
}

export interface Command {
  name: string
  /** The arguments after the name, as the help shows them. */
  usage: string
  about: string
  options: Record<string, Option>
  /** True if the first argument that is not an option is a program, and all arguments after it are the program's. @default false */
  takesProgram?: boolean
  examples: readonly [command: string, about: string][]
  /** Runs the command. Returns the exit code: 0, or 1 if a part of it failed. */
  run(given: Given, io: Io): Promise<number>
}
