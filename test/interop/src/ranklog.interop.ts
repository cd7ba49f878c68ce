import { execFileSync } from 'node:child_process'
import { appendFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { browser, pictures } from './browser.ts'
import { Terminal } from './terminal.ts'

const skip = browser() && Terminal.there() ? false : 'needs Chromium and tmux'
const ranklog = fileURLToPath(new URL('../../../packages/ranklog/bin/ranklog.js', import.meta.url))

/** Appends steps of four ranks, one of which is late, to their logs. */
function train(dir: string, first: number, last: number): void {
  for (let rank = 0; rank < 4; rank++) {
    for (let step = first; step < last; step++) {
      const time = Date.now() - 100 * (last - step) + (rank === 2 ? 60 : rank)
      const record = {
        level: 30,
        time,
        pid: 4000 + rank,
        hostname: 'node-1',
        rank,
        step,
        loss: Number((2 / (1 + step) + rank / 100).toFixed(4)),
        msg: 'step',
      }
      appendFileSync(join(dir, `train.rank-${rank}.log`), `${JSON.stringify(record)}\n`)
    }
  }
}

t.test('a merge that takes longer than a second shows a progress bar', { skip }, async (t) => {
  const dir = t.testdir()
  const lines = `${JSON.stringify({ level: 30, time: 1_700_000_000_000, msg: 'step' })}\n`.repeat(20_000)
  for (const rank of [0, 1]) {
    const log = join(dir, `train.rank-${rank}.log`)
    writeFileSync(log, '')
    for (let part = 0; part < 200; part++) appendFileSync(log, lines)
  }
  const terminal = new Terminal([process.execPath, ranklog, 'merge', '--label', '[{rank}] ', dir, '-o', '/dev/null'])
  t.teardown(() => terminal.close())
  await terminal.shows(/━+─+ \d+ % +\d+ MB\/s/)
})

t.test('ranklog status --watch and tail draw in a real terminal', { skip }, async (t) => {
  const dir = t.testdir()
  let steps = 20
  train(dir, 0, steps)
  const error = {
    level: 50,
    time: Date.now(),
    pid: 4002,
    hostname: 'node-1',
    rank: 2,
    err: {
      type: 'Error',
      message: 'a digit cannot be read',
      stack: 'Error: a digit cannot be read\n    at read (train.js:7:9)',
    },
    msg: 'skips a digit',
  }
  for (const [name, args, shown] of [
    ['ranklog-status', ['status', '--watch', dir], /^rank +state .*^2 +straggles/ms],
    ['ranklog-tail', ['tail', '-n', '3', dir], /\[2\].*skips a digit.*\[3\]/s],
  ] as const) {
    const terminal = new Terminal([process.execPath, ranklog, ...args])
    t.teardown(() => terminal.close())
    if (name === 'ranklog-tail') appendFileSync(join(dir, 'train.rank-2.log'), `${JSON.stringify(error)}\n`)
    const trainMore = () => train(dir, steps, ++steps)
    trainMore() // one step: all lines of tail fit on the screen, in any order
    const job = name === 'ranklog-status' ? setInterval(trainMore, 1000) : undefined // the state of a job that has ended is unknown
    await terminal.shows(shown).finally(() => clearInterval(job))
    await terminal.picture(join(pictures, `${name}.png`))
    t.ok(statSync(join(pictures, `${name}.png`)).size > 10_000, name)
  }
})

const has = (shell: string) => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

t.test('fish accepts the completions', { skip: has('fish') ? false : 'needs fish' }, async (t) => {
  const complete = (words: string) =>
    execFileSync(
      'fish',
      ['-c', `'${process.execPath}' '${ranklog}' completions fish | source; complete -C '${words}'`],
      {
        encoding: 'utf8',
      },
    )
  t.match(complete('ranklog me'), /^merge\t/)
  t.match(complete('ranklog merge --ded'), /^--dedup\t/)
  t.match(complete('ranklog merge --level wa'), /^warn\t/)
})

t.test(
  'zsh accepts the completions',
  { skip: has('zsh') && Terminal.there() ? false : 'needs zsh and tmux' },
  async (t) => {
    const terminal = new Terminal(['zsh', '-f'])
    t.teardown(() => terminal.close())
    terminal.type('autoload -U compinit; compinit -u -D; ')
    terminal.type(`source <('${process.execPath}' '${ranklog}' completions zsh); clear; print ready`)
    terminal.press('Enter')
    await terminal.shows(/^ready/m)
    for (const [typed, shown] of [
      ['ranklog mer', /ranklog merge $|ranklog merge\n/m],
      ['--ded', /ranklog merge --dedup/],
      ['--level wa', /ranklog merge --dedup --level warn/],
    ] as const) {
      terminal.type(typed)
      terminal.press('Tab')
      await terminal.shows(shown)
    }
  },
)

/** The program of a job in which one rank throws an error. */
const job = `
  const rank = Number(process.env.RANK)
  const say = (fields) => console.log(JSON.stringify({ level: 30, time: Date.now(), pid: process.pid, hostname: 'node-1', rank, ...fields }))
  process.on('uncaughtException', ({ stack }) => {
    console.error(stack.replaceAll(__dirname + '/', '')) // no paths of this machine in the picture
    process.exit(1)
  })
  let step = 0
  setInterval(() => {
    say({ step, loss: Number((2 / (1 + step) + rank / 100).toFixed(4)), msg: 'step' })
    if (rank === 2 && step === 3) throw new RangeError('digit 12')
    step++
  }, 100)`

t.test('ranklog run shows the report of a failure in a real terminal', { skip }, async (t) => {
  const program = join(t.testdir({ 'train.cjs': job }), 'train.cjs')
  const words = [process.execPath, ranklog, 'run', '-n', '4', '--', process.execPath, program]
  const terminal = new Terminal([
    'sh',
    '-c',
    `${words.map((word) => `"${word}"`).join(' ')}; echo "exit code $?"; read end`,
  ])
  t.teardown(() => terminal.close())
  await terminal.shows(
    /rank 2 failed first: exit code 1.*RangeError: digit 12.*ranks 0-1,3 followed: SIGTERM.*exit code 1/s,
  )
  await terminal.picture(join(pictures, 'ranklog-run.png'))
  t.ok(statSync(join(pictures, 'ranklog-run.png')).size > 10_000)
})

const barred = `const rank = Number(process.env.RANK)
let step = 0
setInterval(() => {
  if (rank === 0) process.stdout.write('\\rEpoch 3: ' + '#'.repeat(60) + ' step ' + step++ + ' of many, and a text that is longer than the window')
  else console.log(JSON.stringify({ level: 30, time: Date.now(), rank, step: step++, msg: 'trained' }))
}, rank === 0 ? 20 : 200)`

t.test('a progress bar stays the last line, also after the window becomes smaller', { skip }, async (t) => {
  const program = join(t.testdir({ 'train.cjs': barred }), 'train.cjs')
  const terminal = new Terminal([process.execPath, ranklog, 'run', '-n', '3', '--', process.execPath, program])
  t.teardown(() => terminal.close())
  const last = () => terminal.screen().trimEnd().split('\n').at(-1) as string
  const untilStep = async (minStep: number) => {
    for (let step = -1; step < minStep; ) {
      await terminal.shows(/Epoch 3/)
      step = Number(/^Epoch 3: #+ step (\d+)/.exec(last())?.[1] ?? -1)
    }
  }
  await untilStep(50)
  terminal.resize(80, 24)
  await untilStep(200)
  t.ok(last().length < 80, last())
  await terminal.shows(/(\[[12]\] .*\n){4}Epoch 3/)
  await terminal.picture(join(pictures, 'ranklog-run-bar.png'))
})
