/** Programs in a real terminal: a pseudo terminal of script(1). */
import { canRun } from './run-command.ts'
import { type Owner, type ProcessOptions, startProcess, type TestProcess } from './start-process.ts'

/** Options of a test that needs a terminal. The test is skipped without script(1). */
export const terminalTools: { skip?: string } =
  process.platform === 'linux' && canRun('sh', '-c', 'script --version | grep util-linux')
    ? {}
    : { skip: 'script(1) of util-linux is not installed' }

export interface TerminalOptions extends Pick<ProcessOptions, 'env' | 'cwd'> {
  /** Width. @default 300, so that no line is wrapped */
  columns?: number
  /** The descriptor of a file or a pipe for the output of the terminal. @default an `Output` */
  stdout?: number
}

/**
 * Starts a shell command in a terminal. Its output is the text of `stdout`, with `\r\n` for each newline. Text written to
 * `stdin` is typed into the terminal.
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

/** Returns words as one shell command, each word quoted. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
}
