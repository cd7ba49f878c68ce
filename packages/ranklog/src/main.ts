import type { Command, Io } from './cli/index.ts'
import { completionsFor, helpOf, InputError, overview, readArgs, type Shell, shells } from './cli/index.ts'
import { explainCommand, mergeCommand, statusCommand, tailCommand } from './commands/index.ts'
import { runCommand } from './run/index.ts'

const completionsCommand: Command = {
  name: 'completions',
  usage: 'bash|zsh|fish',
  about: 'a script that completes commands and options in your shell',
  options: { help: { short: 'h', about: 'this text' } },
  examples: [['source <(ranklog completions bash)', 'in ~/.bashrc']],
  async run({ paths: [shell] }, { stdout }) {
    if (!shells.includes(shell as Shell))
      throw new InputError(`completions: "${shell ?? ''}" is no shell that we know`, `name one of ${shells.join(', ')}`)
    stdout.write(completionsFor(shell as Shell, commands))
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
 * The command line, without its name.
 *
 * @returns the exit code: 0; 1 where a part could not be done, which was reported; 2 where the input is to be mended
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      io.stdout.write(overview(commands))
      return name === undefined ? 2 : 0
    }
    if (name === '--version') {
      io.stdout.write(`${version}\n`)
      return 0
    }
    const command = commands.find((command) => command.name === name)
    if (!command)
      throw new InputError(`no command "${name}"`, `there are ${commands.map(({ name }) => name).join(', ')}`)
    const given = readArgs(command, rest)
    if (given.options.help) {
      io.stdout.write(helpOf(command))
      return 0
    }
    return await command.run(given, io)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0 // the reader has seen enough
    if (error instanceof InputError) {
      io.stderr.write(`ranklog: ${error.message}; ${error.fix}\n`)
      return 2
    }
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    io.stderr.write(`ranklog: ${(error as Error).message}\n`)
    return 1
  }
}

const version = '0.1.0'
