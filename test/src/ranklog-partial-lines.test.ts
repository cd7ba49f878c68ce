/** Text without a newline in `ranklog run` and `tail`: prompts, debuggers, progress bars. */
import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Output } from './kit/output.ts'
import { ranklogCommand, startRanklog } from './kit/ranklog.ts'
import { canRun } from './kit/run-command.ts'
import { rankOf } from './kit/run-ranks.ts'
import { shellText, startInTerminal, terminalTools } from './kit/terminal.ts'
import { until } from './kit/until.ts'

const run = (ranks: number, code: string) => ['run', '-n', `${ranks}`, ...rankOf(code)]

/** A rank 0 that prompts, prints each answer and prompts again. */
const asks = (prompt: string) => `
  const ask = () => process.stdout.write(${JSON.stringify(prompt)})
  if (rank === 0) {
    ask()
    process.stdin.on('data', (answer) => {
      console.log('<' + String(answer).trim() + '>')
      ask()
    })
  }`

/** Resolves when the output is exactly this text. @throws {Error} if the process ends first */
function untilText(output: Output, text: string): Promise<void> {
  return output.until(new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`))
}

/** Resolves when the text of a file matches. */
function untilFile(path: string, expected: RegExp): Promise<void> {
  return until(() => existsSync(path) && expected.test(readFileSync(path, 'utf8')))
}

t.test('run writes a prompt to a pipe before its answer, and changes no byte', async (t) => {
  for (const prompt of ['Name? ', '\x1b[32m>>> \x1b[0m', 'Größe 漢 😀: ']) {
    const child = startRanklog(t, run(1, asks(prompt)))
    await untilText(child.stdout, prompt)
    child.stdin.write('Bob\n')
    await untilText(child.stdout, `${prompt}<Bob>\n${prompt}`)
    child.stdin.end()
    await child.exit
    t.equal(child.stdout.text, `${prompt}<Bob>\n${prompt}\n`, 'the last prompt gets a newline at the end')
  }
})

t.test('a line of another rank begins on a new line after a prompt', async (t) => {
  const dir = t.testdir({ go: '' })
  const code = `${asks('Name? ')}
    const { readFileSync } = require('node:fs')
    if (rank === 1) {
      const timer = setInterval(() => {
        if (readFileSync(${JSON.stringify(join(dir, 'go'))}, 'utf8') === '') return
        say({ msg: 'whole' })
        clearInterval(timer)
      }, 10)
    }`
  const child = startRanklog(t, run(2, code))
  await child.stdout.until(/^Name\? $/)
  appendFileSync(join(dir, 'go'), 'go')
  await child.stdout.until(/\}\n$/)
  t.match(child.stdout.text, /^Name\? \n\{.*"rank":1,"msg":"whole"\}\n$/)
  child.stdin.end('Bob\n')
  await child.exit
  t.match(child.stdout.text, /\}\n<Bob>\nName\? \n$/)
})

t.test('the beginning of a record is not written before its end', async (t) => {
  const code = `
    const line = JSON.stringify({ level: 30, time: Date.now(), rank, msg: 'in two parts' })
    if (rank === 0) process.stdout.write(line.slice(0, 20)) && process.stdin.once('data', () => console.log(line.slice(20)))
    else process.stdout.write('text ')`
  const child = startRanklog(t, run(2, code))
  await child.stdout.until(/text /)
  child.stdin.end('\n')
  await child.exit
  t.strictSame(child.stdout.text.split('\n').filter((line) => line.startsWith('{')).length, 1)
  for (const line of child.stdout.text.split('\n')) if (line.startsWith('{')) JSON.parse(line)
})

t.test('run writes each state of a progress bar to stdout and to the log of its rank at once', async (t) => {
  const dir = t.testdir()
  const out = join(dir, 'out')
  const fd = openSync(out, 'a')
  const code = `process.stdin.on('data', (text) => process.stdout.write('\\r' + String(text).trim() + ' %'))`
  const child = startRanklog(t, ['run', '--log-dir', dir, ...rankOf(code)], { stdout: fd })
  closeSync(fd)
  const own = join(dir, 'out.rank-0.log')
  for (const [percent, text] of [
    ['10', '\r10 %'],
    ['20', '\r10 %\r20 %'],
  ] as const) {
    child.stdin.write(`${percent}\n`)
    await untilFile(out, /%$/)
    await until(() => readFileSync(out, 'utf8') === text && readFileSync(own, 'utf8') === text)
  }
  child.stdin.end()
  await child.exit
  for (const path of [out, own]) t.equal(readFileSync(path, 'utf8'), '\r10 %\r20 %\n')
})

t.test('stdout and stderr of a rank tear no line of each other in its log', async (t) => {
  const dir = t.testdir()
  const child = startRanklog(t, [
    ...['run', '--log-dir', dir, '--'],
    ...rankOf(`process.stdout.write('Name? ')
      process.stdin.on('data', (text) => console.error('error')).on('end', () => console.log('Bob'))`),
  ])
  const own = join(dir, 'out.rank-0.log')
  await untilFile(own, /^Name\? $/)
  child.stdin.write('\n')
  await untilFile(own, /error\n$/)
  child.stdin.end()
  await child.exit
  t.equal(readFileSync(own, 'utf8'), 'Name? \nerror\nBob\n')
})

t.test('tail shows a line without a newline, and later the rest of it on the same line', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': 'first\n' })
  const path = join(dir, 'train.rank-0.log')
  const child = startRanklog(t, ['tail', dir], { env: { NO_COLOR: '1' } })
  await child.stdout.until(/first\n$/)
  appendFileSync(path, 'Epoch 1 ')
  await child.stdout.until(/Epoch 1 $/)
  appendFileSync(path, 'done\n')
  await child.stdout.until(/done\n$/)
  t.equal(child.stdout.text, '[0] first\n[0] Epoch 1 done\n')
})

/** Starts ranklog in a terminal, without colours. */
function inTerminal(t: Test, args: readonly string[]) {
  return startInTerminal(t, shellText([...ranklogCommand, ...args]), { env: { NO_COLOR: '1' } })
}

t.test('a prompt in a terminal has its answer on the same line', terminalTools, async (t) => {
  for (const [prompt, shown] of [
    ['Name? ', 'Name? '],
    ['\x1b[32m>>> \x1b[0m', '\\x1b[32m>>> \\x1b[0m'],
  ] as const) {
    const { stdin, stdout, exit } = inTerminal(t, run(2, asks(prompt)))
    await untilText(stdout, `[0] ${shown}`)
    stdin.write('Bob\n') // the terminal echoes it
    await untilText(stdout, `[0] ${shown}Bob\r\n<Bob>\r\n[0] ${shown}`)
    stdin.end('\x04')
    await exit
  }
})

const python = canRun('python3', '-c', 'import pdb') ? terminalTools : { skip: 'Python is not installed' }

t.test('the Python debugger works in a terminal', python, async (t) => {
  const { stdin, stdout, exit } = inTerminal(t, ['run', 'python3', '-c', 'x = 6; breakpoint(); print("end", x)'])
  await stdout.until(/\(Pdb\) $/)
  stdin.write('p x * 7\n')
  await stdout.until(/42\r\n(\[0\] )?\(Pdb\) $/)
  stdin.write('c\n')
  await exit
  t.match(stdout.text, /end 6\r\n/)
})

t.test('run in a terminal shows the progress bar of one rank as its last line', terminalTools, async (t) => {
  const code = `
    process.stdout.write('\\r' + rank + ': 50 %')
    if (rank === 0) process.stdin.on('data', (text) => {
      process.stdout.write('\\r0: 100 %\\n')
      process.stdin.pause()
    })
    else setTimeout(() => process.stdout.write('\\r1: 99 %\\n'), 500)`
  const { stdin, stdout, exit } = inTerminal(t, run(2, code))
  await stdout.until(/0: 50 %/)
  await stdout.until(/\[1\] 1: 99 %\r\n/)
  stdin.write('\n')
  await exit
  t.notMatch(stdout.text, '1: 50 %')
  t.match(stdout.text, /\[0\] 0: 100 %\r\n/)
})

t.test('tail in a terminal shows the progress bar of the first rank as its last line', terminalTools, async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': 'first\r\n', 'train.rank-1.log': 'second\r\n' })
  const tail = inTerminal(t, ['tail', dir])
  const { stdout } = tail
  await stdout.until(/\[0\] first\r\n/)
  await stdout.until(/\[1\] second\r\n/)
  appendFileSync(join(dir, 'train.rank-1.log'), '\r1: 50 %')
  appendFileSync(join(dir, 'train.rank-0.log'), '\r0: 50 %')
  await stdout.until(/0: 50 %$/)
  appendFileSync(join(dir, 'train.rank-1.log'), '\r1: 99 %\n')
  await stdout.until(/\[1\] 1: 99 %\r\n0: 50 %$/)
  appendFileSync(join(dir, 'train.rank-0.log'), '\r0: 99 %\n')
  await stdout.until(/\[0\] 0: 99 %\r\n$/)
  t.notMatch(stdout.text, '1: 50 %')
  tail.kill()
})
