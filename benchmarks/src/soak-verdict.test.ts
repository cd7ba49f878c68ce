import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { writeLine } from './fixed-line.ts'
import type { Tick } from './soak-rank.ts'
import { type Life, soakVerdict } from './soak-verdict.ts'

const perTick = 4

/** Returns a life of `count` ticks of 10 ms. Its stream has written all lines except those of the last `unwritten` ticks. */
function life(count: number, unwritten: number, more: Partial<Life> = {}): Life {
  const ticks = Array.from({ length: count }, (_, i): Tick => {
    const written = Math.max(0, i - unwritten) * perTick
    return { at: i * 10, logged: (i + 1) * perTick, urgent: false, written, drops: 0, errors: 0, hasThread: false }
  })
  return { rank: 1, attempt: 2, ticks, killed: true, ...more }
}

/** Creates a file with lines `0` to `count - 1` of such a life. */
function fileOf(dir: string, count: number): string {
  const path = join(dir, 'train.log')
  const log = pino({ base: { rank: 1 } }, { write: (line) => appendFileSync(path, line) })
  for (let line = 0; line < count; line++) writeLine(log, 2, line)
  return path
}

t.test('a missing line of a writer that was not killed is unexplained', async (t) => {
  const file = fileOf(t.testdir(), 40)
  t.match(soakVerdict([file], [life(10, 0, { killed: false })]), { logged: 40, found: 40, unexplained: 0 })
  t.match(soakVerdict([file], [life(11, 0, { killed: false })]), { logged: 44, found: 40, unexplained: 4 })
})

t.test('a killed writer may lose lines that are younger than the flush age, and no older ones', async (t) => {
  const file = fileOf(t.testdir(), 40)
  t.match(soakVerdict([file], [life(12, 2)]), { found: 40, young: 8, unexplained: 0 })
  t.match(soakVerdict([file], [life(30, 20)]), { found: 40, young: 8, unexplained: 72 })
})

t.test('a killed writer must not lose lines that its stream has written, or lines before an error', async (t) => {
  const file = fileOf(t.testdir(), 40)
  t.match(soakVerdict([file], [life(12, 0)]), { young: 4, unexplained: 4 })
  const errorAtTen = life(12, 12)
  Object.assign(errorAtTen.ticks[10] ?? {}, { urgent: true })
  t.match(soakVerdict([file], [errorAtTen]), { young: 4, unexplained: 4 })
})

t.test('a killed writer may lose lines that the writer thread has not written, but none before an error', async (t) => {
  const file = fileOf(t.testdir(), 40)
  const moved = life(20, 10)
  for (const tick of moved.ticks.slice(10)) tick.hasThread = true
  t.match(soakVerdict([file], [moved]), { found: 40, young: 8, onThread: 32, unexplained: 0 })
  Object.assign(moved.ticks[14] ?? {}, { urgent: true })
  t.match(soakVerdict([file], [moved]), { young: 8, onThread: 12, unexplained: 20 })
  t.match(soakVerdict([file], [{ ...moved, killed: false }]), { onThread: 0, unexplained: 40 })
})

t.test('a killed writer may lose lines that the disk did not accept', async (t) => {
  const file = fileOf(t.testdir(), 40)
  const refused = life(40, 30)
  for (const tick of refused.ticks.slice(12)) Object.assign(tick, { written: 40, errors: 1 })
  t.match(soakVerdict([file], [refused]), { found: 40, refused: 120, unexplained: 0 })
})

t.test('fragments, lines after a fragment, doubled lines and torn pieces are counted', async (t) => {
  const file = fileOf(t.testdir(), 3)
  const log = pino({ base: { rank: 1 } }, { write: (line) => appendFileSync(file, line) })
  appendFileSync(file, '{"level":30,"time":17000000')
  writeLine(log, 2, 3)
  writeLine(log, 2, 3)
  appendFileSync(file, '{"level":30,"tim\n')
  appendFileSync(file, 'anything else\n')
  const found = soakVerdict([file], [life(1, 0, { killed: false })])
  t.match(found, { found: 4, behindFragment: 1, twice: 1, fragments: 2, torn: 1, unexplained: 0 })
})
