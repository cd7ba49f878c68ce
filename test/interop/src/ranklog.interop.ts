import { appendFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { browser, pictures } from './browser.ts'
import { Terminal } from './terminal.ts'

const skip = browser() && Terminal.there() ? false : 'needs Chromium and tmux'
const ranklog = fileURLToPath(new URL('../../../packages/ranklog/bin/ranklog.js', import.meta.url))

/** Steps of four ranks, of which one is late, to the end of their logs. */
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

t.test('a bar, once a merge takes longer than a second', { skip }, async (t) => {
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

t.test('in a real terminal', { skip }, async (t) => {
  const dir = t.testdir()
  train(dir, 0, 20)
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
    train(dir, 20, 22)
    await terminal.shows(shown)
    await terminal.picture(join(pictures, `${name}.png`))
    t.ok(statSync(join(pictures, `${name}.png`)).size > 10_000, name)
  }
})
