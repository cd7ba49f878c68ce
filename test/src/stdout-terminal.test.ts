/** stdout to a pager, and to a terminal that is stopped with Ctrl-S or not read. script(1) makes the terminals. */
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { canRun, makeFifo } from './kit/run-command.ts'
import { sharedPipe } from './kit/shared-pipe.ts'
import { node, pathOf } from './kit/start-process.ts'
import { startInTerminal, terminalTools } from './kit/terminal.ts'

const tools = terminalTools
const pager = canRun('less', '--version') ? tools : { skip: 'less(1) is missing' }

const count = 20_001

interface ProgramOptions {
  /** The command, for a shell in the terminal. `$PROGRAM` logs until it opens the FIFO `$GO`. */
  command: string
  /** The descriptor of a file or a pipe for the output of the terminal. @default an `Output` */
  stdout?: number
}

/** Starts a command in a terminal. */
function startProgram(t: Test, dir: string, { command, stdout }: ProgramOptions) {
  const go = join(dir, 'go')
  makeFifo(go)
  const env = {
    GO: go,
    PROGRAM: [...node, pathOf('stalled-reader')].join(' '),
    LESS: '',
  }
  const terminal = startInTerminal(t, command, { env, ...(stdout !== undefined && { stdout }) })
  return { terminal, hasLogged: async () => (await open(go, 'r')).close() }
}

/** Returns the `seq` of each record in the output of a terminal. */
function seqsOf(text: string): number[] {
  return text.split('\r\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line).seq] : []))
}

const all = Array.from({ length: count }, (_, seq) => seq)

t.test('the program continues while less waits for a key', pager, async (t) => {
  const { terminal, hasLogged } = startProgram(t, t.testdir(), { command: '$PROGRAM {} $GO 2> /dev/null | less' })
  await hasLogged()
  terminal.stdin.write('G') // to the end
  await terminal.stdout.until(new RegExp(`"seq":${count - 1}[,}]`))
  terminal.stdin.end('q')
  await terminal.exit
})

t.test('the program continues after Ctrl-S in its terminal, which shows all lines after Ctrl-Q', tools, async (t) => {
  // `read` makes the program start after the terminal has received the Ctrl-S before the newline
  const command = 'read _; $PROGRAM {} $GO 2> /dev/null'
  const { terminal, hasLogged } = startProgram(t, t.testdir(), { command })
  terminal.stdin.write('\x13\n')
  await hasLogged()
  t.notMatch(terminal.stdout.text, '"seq":0', 'the terminal shows nothing yet')
  terminal.stdin.write('\x11')
  t.strictSame(seqsOf((await terminal.exit).stdout), all)
})

t.test('the program continues while nobody reads its terminal, for example over ssh', tools, async (t) => {
  const dir = t.testdir()
  const pipe = await sharedPipe(t, dir, join(dir, 'out'))
  pipe.reader.kill('SIGSTOP')
  const command = '$PROGRAM {} $GO 2> /dev/null'
  const { hasLogged } = startProgram(t, dir, { command, stdout: pipe.fd })
  const written = pipe.close()
  await hasLogged()
  pipe.reader.kill('SIGCONT')
  await written
  t.strictSame(seqsOf(readFileSync(join(dir, 'out'), 'utf8')), all)
})

t.test(
  'the writes of several ranks wait for a slow terminal that they share, and no line is torn',
  tools,
  async (t) => {
    const dir = t.testdir()
    const pipe = await sharedPipe(t, dir, join(dir, 'out'))
    pipe.reader.kill('SIGSTOP')
    const rank = (rank: number) =>
      `RANK=${rank} LOCAL_RANK=${rank} WORLD_SIZE=2 $PROGRAM {} /dev/null 2> ${dir}/counts-${rank}`
    const { terminal } = startProgram(t, dir, { command: `${rank(0)} & ${rank(1)}; wait`, stdout: pipe.fd })
    const written = pipe.close()
    pipe.reader.kill('SIGCONT')
    await terminal.exit
    await written
    const next = [0, 0] // of each rank
    const misplaced = seqsOf(readFileSync(join(dir, 'out'), 'utf8')).filter((seq) => {
      const rank = next.indexOf(seq)
      if (rank !== -1) next[rank] = seq + 1
      return rank === -1
    })
    t.strictSame([misplaced, next], [[], [count, count]], 'each line twice, and the lines of each rank in order')
  },
)
