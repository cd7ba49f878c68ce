/** The progress bar of examples/ddp-trainer, on a terminal and without one. */
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { shownLines } from './kit/screen.ts'
import { node, runProcess } from './kit/start-process.ts'
import { shellText, startInTerminal, terminalTools } from './kit/terminal.ts'

const program = fileURLToPath(new URL('../../examples/ddp-trainer/dist/kit/logged-fit.js', import.meta.url))
const doneLines = [
  /^epoch 1\/2 20\/20 {2}0:00:0\d {2}\d+\.\d it\/s {2}loss 19\.0000$/,
  /^epoch 2\/2 20\/20 /,
  /^test 10\/10 {2}0:00:0\d {2}\d+\.\d it\/s {2}tested 0\.5000$/,
]
const size = { columns: 80, rows: 24 }

function command(options: object): string[] {
  return [...node, program, JSON.stringify(options)]
}

function start(t: Test, options: object, env: NodeJS.ProcessEnv = {}) {
  return startInTerminal(t, shellText(command(options)), { columns: size.columns, env })
}

/** Returns a shell command that starts two ranks with one terminal, as torchrun does. */
function launched(): string {
  const rank = (number: number) => `RANKLOG_RANK=${number} ${shellText(command({ devices: 2 }))}`
  return `export RANKLOG_WORLD_SIZE=2 RANKLOG_RUN_ID=terminal-${process.pid}; ${rank(1)} & ${rank(0)} && wait $!`
}

const jobs: [job: string, devices: number, command: string][] = [
  ['one process', 1, shellText(command({ devices: 1 }))],
  ['two ranks and their parent', 2, shellText(command({ devices: 2 }))],
  ['two ranks of a launcher', 2, launched()],
]

/** Checks that each line of the ranks is shown once, and whole. */
function checkLogLines(t: Test, lines: readonly string[], devices: number): void {
  for (let rank = 0; rank < devices; rank++) {
    const count = Number(new RegExp(`^(\\d+) lines of rank ${rank}$`, 'm').exec(lines.join('\n'))?.[1])
    t.ok(count > 100, `${count} lines of rank ${rank}`)
    const whole = lines
      .filter((line) => /^rank [01] line \d+( x{40})?$/.test(line) && line.startsWith(`rank ${rank} `))
      .map((line) => parseInt(line.slice(12), 10))
    t.strictSame(
      whole.sort((a, b) => a - b),
      Array.from({ length: count }, (_, at) => at),
    )
  }
  t.strictSame(
    lines.filter(
      (line) => line.includes('rank') && !/^rank [01] line \d+( x{40})?$|^\d+ lines of rank [01]$/.test(line),
    ),
    [],
    'no line is torn',
  )
}

for (const [job, devices, command] of jobs) {
  t.test(`${job}: each epoch and task leaves a line, and log lines stay whole`, terminalTools, async (t) => {
    const { code, stdout } = await startInTerminal(t, command, { columns: size.columns }).exit
    t.equal(code, 0, stdout)
    t.match(stdout, /validation ━+─/, 'a bar of the validation was drawn')
    const lines = await shownLines(stdout, size)
    checkLogLines(t, lines, devices)
    t.match(
      lines.filter((line) => line.includes('it/s')),
      doneLines,
    )
  })
}

t.test('after an error the bars are gone, its message is whole, and the screen scrolls', terminalTools, async (t) => {
  const { code, stdout } = await start(t, { devices: 2, failsAt: 8 }).exit
  t.equal(code, 1)
  t.match(stdout, /epoch 1\/2 ━+─/, 'a bar was drawn')
  const lines = await shownLines(`${stdout}${'\r\n'.repeat(30)}end`, size)
  t.equal(lines.at(-1), 'end')
  t.equal(lines.filter((line) => line === 'end').length, 1)
  t.strictSame(
    lines.filter((line) => line.includes('━')),
    [],
  )
  t.ok(lines.includes('Error: rank 1 exited with code 1: Error: staged by a test'), lines.join('\n'))
})

for (const devices of [1, 2]) {
  t.test(`SIGINT to the process that draws (devices: ${devices}) erases the bars`, terminalTools, async (t) => {
    const { stdout, exit } = start(t, { devices, isEndless: true })
    await stdout.until(/epoch 1 ━+─/)
    process.kill(Number(/pid (\d+)/.exec(stdout.text)?.[1]), 'SIGINT')
    t.equal((await exit).code, 130)
    t.ok(stdout.text.lastIndexOf('\x1b[r') > stdout.text.lastIndexOf('epoch 1 '), 'the whole screen scrolls at the end')
    t.notMatch(stdout.text, '\x1b[?25l', 'the cursor was never hidden')
    const lines = await shownLines(stdout.text, size)
    t.strictSame(
      lines.filter((line) => line.startsWith('epoch')),
      [],
    )
  })
}

for (const [where, progressBar, env] of [
  ['on a dumb terminal', undefined, { TERM: 'dumb' }],
  ['with lines on a terminal', 'lines', {}],
] as const) {
  t.test(`${where}, each epoch and task is one line`, terminalTools, async (t) => {
    const { stdout } = await start(t, { devices: 1, ...(progressBar && { progressBar }) }, env).exit
    checkPlain(t, stdout.replaceAll('\r\n', '\n'))
  })
}

for (const progressBar of [undefined, 'bar']) {
  t.test(`in a pipe, each epoch and task is one line (progressBar: ${progressBar})`, async (t) => {
    const { stderr } = await runProcess(t, command({ devices: 1, ...(progressBar && { progressBar }) }))
    checkPlain(t, stderr)
  })
}

function checkPlain(t: Test, text: string): void {
  t.notMatch(text, '\x1b')
  t.notMatch(text, '━')
  t.match(
    text.split('\n').filter((line) => line.includes('it/s')),
    doneLines,
  )
}

t.test("progressBar: 'none' writes nothing on a terminal", terminalTools, async (t) => {
  const { stdout } = await start(t, { devices: 1, progressBar: 'none' }).exit
  t.notMatch(stdout, 'it/s')
})
