import type { Command, Io } from './cli/index.ts'
import {
  completionsFor,
  helpOf,
  InputError,
  overview,
  readArgs,
  type Shell,
  shells,
  standardOutputs,
} from './cli/index.ts'
import { explainCommand, mergeCommand, statusCommand, tailCommand } from './commands/index.ts'
import { runCommand } from './run/index.ts'

const completionsCommand: Command = {
  name: 'completions',
  usage: 'bash|zsh|fish',
  about: 'print the completion script for a shell',
  options: { help: { short: 'h', about: 'show this help' } },
  examples: [['source <(ranklog completions bash)', 'turns completions on, in ~/.bashrc']],
  async run({ paths: [shell] }, { stdout }) {
    if (!shells.includes(shell as Shell))
      throw new InputError(`completions: unknown shell "${shell ?? ''}"`, `use one of ${shells.join(', ')}`)
    await stdout.write(Buffer.from(completionsFor(shell as Shell, commands)))
    return 0
  },
}

const commands: readonly Command[] = [
  runCommand,
  mergeCommand,
  tailCommand,
  statusCommand,
  explainCommand,
  completionsCommand,
]

/**
 * Runs the command line. It is not an error if the reader of stdout closes it, like `head`.
 *
 * @param args the arguments, without the program's name
 * @returns the exit code: 0; 1 if a part failed, which was reported; 2 if the input is invalid
 */
export async function main(
  args: readonly string[],
  io: Io = { ...standardOutputs(), env: process.env },
): Promise<number> {
  const [name, ...rest] = args
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      await io.stdout.write(Buffer.from(overview(commands)))
      return name === undefined ? 2 : 0
    }
    if (name === '--version') {
      await io.stdout.lines([version])
      return 0
    }
    const command = commands.find((command) => command.name === name)
    if (!command)
      throw new InputError(`unknown command "${name}"`, `use one of ${commands.map(({ name }) => name).join(', ')}`)
    const given = readArgs(command, rest)
    if (given.options.help) {
      await io.stdout.write(Buffer.from(helpOf(command)))
      return 0
    }
    return await command.run(given, io)
  } catch (error) {
    const { code, message, stack = message } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') return 0 // the reader is gone
    if (error instanceof InputError) {
      io.stderr.report(`ranklog: ${message}; ${error.fix}`)
      return 2
    }
    if (code !== undefined) io.stderr.report(`ranklog: ${message}`)
    else void io.stderr.lines(`ranklog: ${stack}`.split('\n')) // a bug in ranklog
    return 1
  }
}

const version = '0.1.0'
