import type { Output } from './output.ts'

/** One option of a command. */
export interface Option {
  /** What stands for its value in the help; undefined: it has none. */
  value?: string
  short?: string
  /** Other names that it has in other launchers. */
  aliases?: readonly string[]
  about: string
  multiple?: boolean
  /** What its value may be, for completions. */
  values?: readonly string[]
}

/** What a command was given. */
export interface Given {
  options: Record<string, string | boolean | string[] | undefined>
  paths: string[]
}

/** Where a command writes, and what it may know of it. */
export interface Io {
  stdout: Output
  stderr: Output
  env: NodeJS.ProcessEnv
}

export interface Command {
  name: string
  /** What stands behind its name in the help. */
  usage: string
  about: string
  options: Record<string, Option>
  /** True: its first argument that is no option is a program, and what follows belongs to that. @default false */
  takesProgram?: boolean
  examples: readonly [command: string, about: string][]
  /** @returns the exit code: 0, or 1 where a part could not be done */
  run(given: Given, io: Io): Promise<number>
}
