/** The output of `ranklog run`, `tail`, `merge` and `status` on a terminal: one line a record, no control characters. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ranklogCommand } from './kit/ranklog.ts'
import { shellText, startInTerminal, terminalTools } from './kit/terminal.ts'

const env = { NO_COLOR: '1' }

/** Runs ranklog in a terminal, and returns the lines on it. */
async function shown(t: Test, args: readonly string[], redirect = ''): Promise<string[]> {
  const { exit } = startInTerminal(t, `${shellText([...ranklogCommand, ...args])} ${redirect}`, { env })
  return linesOf((await exit).stdout)
}

function linesOf(text: string): string[] {
  return text.replace(/\r\n$/, '').split('\r\n')
}

/**
 * Control characters that must not reach a terminal. In order: colour, title, link, clipboard, 8-bit CSI, backspace, CR,
 * DEL, text direction, line separator, lone surrogate, vertical tab and NUL.
 */
const hostile = '\x1b[31m\x1b]0;t\x07\x1b]8;;x\x1b\\\x1b]52;c;eA\x07\x9b2J\b\r\x7f\u202e\u2028\ud800\x0b\0'
const obeyed = /(?!\t)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
/** The part of it that a file name or an argument may contain. */
const name = `${hostile.replace(/[\0/\ud800]/g, '')}end`

/** Checks that lines have no control characters, and show the hostile text escaped. */
function areSafe(t: Test, lines: readonly string[], where: string): void {
  for (const line of lines) t.notMatch(line, obeyed, where)
  t.match(lines.join('\n'), '\\x1b[31m\\x1b]0;t\\x07\\x1b]8;;x\\x1b\\', where)
  t.match(lines.join('\n'), /\\x9b2J\\x08(\\x0d|\\x1bM)\\x7f\\u202e\\u2028/, where)
}

/** Returns JSON with the same meaning in ASCII, as Python writes it: `\u009b` has an effect only once it is decoded. */
function asciiJson(json: string): string {
  return json.replace(/[^\n -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const now = Date.now()
const record = (fields: object, rank = 0) =>
  `${JSON.stringify({ level: 30, time: now, pid: 1, hostname: 'h', rank, ...fields })}\n`

const records = [
  { msg: 'step', step: 7, metrics: { loss: 0.5, acc: { top1: 0.1 } }, hparams: { lr: [1, 2] } },
  { msg: 'two\nlines\tand a tab' },
  {
    level: 50,
    msg: 'failed',
    err: { type: 'Error', message: 'boom', stack: 'Error: boom\n    at main (a.js:1:1)', code: 'E1' },
  },
  { level: 50, msg: 'boom', err: { type: 'Error', message: 'boom', stack: 'Error: boom\n    at main (a.js:1:1)' } },
  { msg: 'deep', nested: { a: { b: { c: 'x\ny' } } } },
]
const readable = [
  '] INFO: step {"step":7,"metrics":{"loss":0.5,"acc":{"top1":0.1}},"hparams":{"lr":[1,2]}}',
  '] INFO: two\\nlines\tand a tab',
  '] ERROR: failed {"err":{"code":"E1"}}',
  '[0]     Error: boom',
  '[0]         at main (a.js:1:1)',
  '] ERROR: boom',
  '[0]     Error: boom',
  '[0]         at main (a.js:1:1)',
  '] INFO: deep {"nested":{"a":{"b":{"c":"x\\ny"}}}}',
]

t.test('a record is one line, and the stack of its error follows it', terminalTools, async (t) => {
  const log = records.map((fields) => record(fields)).join('')
  const dir = t.testdir({ 'train.rank-0.log': log })
  const path = join(dir, 'train.rank-0.log')
  const ways: Record<string, () => Promise<string[]>> = {
    run: () => shown(t, ['run', 'cat', path]),
    tail: async () => {
      const tail = startInTerminal(t, shellText([...ranklogCommand, 'tail', dir]), { env })
      await tail.stdout.until(/deep.*\r\n/)
      tail.kill()
      return linesOf(tail.stdout.text)
    },
    'merge --pretty': () => shown(t, ['merge', '--pretty', dir]),
  }
  for (const [way, show] of Object.entries(ways)) {
    const lines = await show()
    t.equal(lines.length, readable.length, way)
    for (const [at, line] of lines.entries()) {
      t.match(line, /^\[0\] /, way)
      t.ok(line.endsWith(readable[at] as string), `${way}: ${line}`)
    }
  }
})

t.test('control characters in the output of ranks do not reach a terminal', terminalTools, async (t) => {
  const line = hostile.replace('\r', '\x1bM') // a line with `\r` would be a progress bar
  const json = record({ msg: hostile, [hostile]: [hostile] })
  const dir = t.testdir({ text: `${line}\n${json}${asciiJson(json)}${line}` })
  const text = join(dir, 'text')
  for (const args of [['run'], ['run', '--label', '{host} [{rank}] ']]) {
    areSafe(t, await shown(t, [...args, 'cat', text]), args.join(' '))
    const toStderr = [...args, 'sh', '-c', `cat '${text}' >&2`]
    areSafe(t, await shown(t, toStderr), `${args.join(' ')}, stderr`)
    areSafe(t, await shown(t, toStderr, '> /dev/null'), `${args.join(' ')}, stderr alone`)
  }
  areSafe(
    t,
    await shown(t, ['run', 'sh', '-c', `cat '${text}'; echo; exit 3`], '> /dev/null'),
    'the last lines in the report of a failure',
  )
  const lines = await shown(t, ['run', '--raw', 'cat', text])
  t.match(lines.join('\n'), hostile.slice(0, 10), '--raw changes nothing')
  areSafe(t, await shown(t, ['merge', '-o', '/dev/tty', text]), 'a terminal as the output')
})

t.test('control characters in names, table cells and errors do not reach a terminal', terminalTools, async (t) => {
  const dir = t.testdir()
  const file = `${name}\n.log`
  writeFileSync(join(dir, file), `${hostile}\n${record({ msg: hostile, step: 1 })}`)
  const manifest = {
    version: 1,
    rank: 3,
    host: `${hostile}\n`,
    pid: 1,
    files: ['a.rank-3.log'],
    lines: 1,
    bytes: 1,
    drops: 0,
    errors: 0,
  }
  writeFileSync(join(dir, 'a.rank-3.log'), record({ step: 1 }, 3))
  writeFileSync(
    join(dir, 'a.rank-3.json'),
    JSON.stringify({ ...manifest, startedAt: '', updatedAt: '', exit: hostile, attempt: 0 }),
  )
  const missing = join(dir, 'missing', `${name}\n`)
  for (const args of [
    ['merge', dir],
    ['merge', '--label', '{host} {rank} ', dir],
    ['merge', '--pretty', dir],
    ['merge', '--dedup', dir],
    ['status', dir],
    ['status', '--json', dir],
    ['merge', missing],
    ['status', missing],
    ['merge', '--level', name, dir],
    ['merge', '--ranks', name, dir],
    ['merge', '--since', name, dir],
    ['merge', '--reduce', name, dir],
    ['merge', `--${name}`, dir],
    ['merge', '-o', join(dir, file, 'out'), dir],
    ['run', '-n', name, 'true'],
    ['run', '--log-dir', join(dir, file, 'logs'), 'true'],
    ['run', missing],
    ['explain', name],
    ['explain', '--env', missing],
    ['completions', name],
    [name],
  ]) {
    if (args[0] === 'status' && args[1] === '--json') {
      const lines = await shown(t, args)
      for (const line of lines) t.notMatch(line, obeyed)
      t.ok(lines.some((line) => JSON.parse(line).host === `${hostile}\n`))
    } else if (args[0] === 'status' && args[1] === dir) {
      const lines = await shown(t, args)
      for (const line of lines) t.notMatch(line, obeyed)
      t.match(lines.join('\n'), / {2}\\x1b\[31m\\x1b\]0;t\\x07\\x1…/, 'a long cell is cut after its escapes')
    } else areSafe(t, await shown(t, args), JSON.stringify(args.filter((arg) => arg !== dir)).replace(/[^ -~]/g, '?'))
  }
  const tail = startInTerminal(t, shellText([...ranklogCommand, 'tail', dir]), { env })
  await tail.stdout.until(/\[3\] /)
  await tail.stdout.until(/\\x9b.*\{.*\r\n/)
  tail.kill()
  areSafe(t, linesOf(tail.stdout.text), 'tail')
})
