import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pino from 'pino'
import t, { type Test } from 'tap'
import { Memory } from './memory.test-kit.ts'
import { rankLogger } from './rank-logger.ts'
import { setGate } from './set-gate.ts'

interface Opened {
  options: Record<string, unknown>
  stream: Memory
}

/** Writes a third-party target that declares `inProcess`. It adds each stream that it opens to `opened`. */
function ownTarget(t: Test, opened: Opened[]) {
  const target = join(mkdtempSync(join(t.testdir(), 'targets-')), 'sink.mjs')
  writeFileSync(
    target,
    `export const rank = { ranks: '0', others: 'error', inProcess: true }
     export default (options) => options.open_(options)`,
  )
  const open_ = (options: Record<string, unknown>) => {
    const stream = new Memory()
    opened.push({ options, stream })
    return stream
  }
  return { target, options: { open_, path: 'a' } }
}

const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 2 } }) as const
const texts = ({ stream }: Opened) => stream.messages

t.test('an open rank opens the sink once, at construction, with the decided gate and the logger’s levels', (t) => {
  const opened: Opened[] = []
  const log = rankLogger({ ...as(0), customLevels: { audit: 55 }, transport: ownTarget(t, opened) })
  const [{ options }] = opened as [Opened]
  t.match(options, { path: 'a', gate: false, open: true, rank: { rank: 0 }, levels: { audit: 55, info: 30 } })
  log.info('i')
  log.child({}).audit('a')
  setGate(log, { level: 'debug' })
  log.debug('d')
  t.strictSame(opened.map(texts), [['i', 'a', 'd']])
  t.end()
})

t.test('a gated rank opens the sink at its first record', (t) => {
  const opened: Opened[] = []
  const log = rankLogger({ ...as(1), transport: ownTarget(t, opened) })
  log.info('gated')
  t.strictSame(opened, [])
  log.error('e')
  setGate(log, { ranks: '*' })
  log.info('i')
  t.strictSame(opened.map(texts), [['e', 'i']])
  t.end()
})

t.test('a silent logger opens the sink at its first record', (t) => {
  const opened: Opened[] = []
  const log = rankLogger({ ...as(0), level: 'silent', transport: ownTarget(t, opened) })
  t.strictSame(opened, [])
  log.level = 'info'
  log.info('i')
  t.strictSame(opened.map(texts), [['i']])
  t.end()
})

t.test('a sink and a ready stream each have their own level', (t) => {
  const opened: Opened[] = []
  const stream = new Memory()
  const targets = [{ ...ownTarget(t, opened), level: 'warn' }, { stream }]
  const log: pino.Logger = rankLogger({ ...as(0), transport: { targets } })
  log.info('i')
  log.warn('w')
  t.strictSame([opened.map(texts), stream.lines.length], [[['w']], 2])
  t.end()
})
