/** Programs in a real terminal: the pseudo terminal of script(1). */
import { canRun } from './run-command.ts'
import { type Owner, type ProcessOptions, startProcess, type TestProcess } from './start-process.ts'

/** Options of a test that needs a terminal: it is skipped where nothing makes one. */
export const terminalTools: { skip?: string } =
  process.platform === 'linux' && canRun('sh', '-c', 'script --version | grep util-linux')
    ? {}
    : { skip: 'script(1) of util-linux is missing: nothing makes a terminal here' }

export interface TerminalOptions extends Pick<ProcessOptions, 'env' | 'cwd'> {
  /** Width. @default 300, too wide for a line to be wrapped */
  columns?: number
  /** A file or a pipe that gets what the terminal shows. @default its text is kept */
  stdout?: number
}

/**
 * Starts a command, as a shell reads it, in a terminal. What it shows is the text of `stdout`, in which a newline is `\r\n`. What is
 * written to `stdin` is typed.
 */
export function startInTerminal(
  owner: Owner,
  command: string,
  { columns = 300, env, cwd, stdout }: TerminalOptions = {},
): TestProcess {
  const words = ['script', '-qec', `stty cols ${columns} rows 24; ${command}`, '/dev/null']
  return startProcess(owner, words, {
    env: { TERM: 'xterm', SHELL: '/bin/sh', ...env },
    ...(cwd !== undefined && { cwd }),
    ...(stdout !== undefined && { stdout }),
  })
}

/** Returns words as one command of a shell. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
}
