import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import pino from 'pino'
import t from 'tap'
import { type RankLoggerOptions, type ResolvedRank, rankLogger, setGate } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const noop = pino({ level: 'silent' }).info
const as = (rank: ResolvedRank['rank']): RankLoggerOptions => ({
  rank: { rank, launcher: 'test', worldSize: 4 } as ResolvedRank,
  gateSignal: 'SIGUSR2',
})
const signal = () => process.emit('SIGUSR2', 'SIGUSR2')

t.test('the first signal opens a gated rank with its children, the second gates it', (t) => {
  const memory = new Memory()
  const seen: unknown[] = []
  const log = rankLogger({ ...as(1), onChild: (child) => seen.push(child) }, memory)
  const child = log.child({ a: 1 })
  const grandchild = child.child({ b: 1 }, {})
  const quiet = log.child({ c: 1 }, { level: 'fatal' })
  t.strictSame(seen.length, 3, 'the user’s onChild runs')
  t.equal(seen[1], grandchild)

  signal()
  for (const [name, one] of Object.entries({ log, child, grandchild, quiet, late: log.child({}) })) one.info(name)
  t.strictSame(memory.messages, ['log', 'child', 'grandchild', 'late'])
  t.equal(quiet.level, 'fatal', 'a level of its own stays')

  signal()
  for (const one of [log, child, grandchild]) t.equal(one.info, noop)
  log.error('e')
  t.equal(memory.messages.at(-1), 'e')
  t.end()
})

t.test('the signal opens what is gated on this rank, from its own level', (t) => {
  const strict = { stream: new Memory(), others: 'silent', level: 'debug' }
  const split = { stream: new Memory(), ranks: '*' }
  const cases: [name: string, rank: ResolvedRank['rank'], options: RankLoggerOptions, before: string, level: string][] =
    [
      ['an open rank stays', 0, {}, 'info', 'info'],
      ['pino’s own destination', 1, {}, 'error', 'info'],
      ['the logger’s level', 1, { level: 'trace' }, 'error', 'trace'],
      ['a target’s level', 1, { transport: strict }, 'silent', 'debug'],
      ['the gated one of two', 1, { transport: { targets: [strict, split] } }, 'info', 'debug'],
      ['an unknown rank', 'unknown', {}, 'error', 'info'],
      ['a silent logger stays', 1, { level: 'silent' }, 'silent', 'silent'],
    ]
  for (const [name, rank, options, before, level] of cases) {
    const log = rankLogger({ ...as(rank), ...options })
    t.equal(log.level, before, name)
    signal()
    t.equal(log.level, level, `${name}: opened`)
    signal()
    t.equal(log.level, before, `${name}: restored`)
  }
  t.end()
})

t.test('the signal restores what the program has set, and setGate ends what the signal began', (t) => {
  const log = rankLogger(as(1), new Memory())
  log.level = 'fatal'
  signal()
  t.equal(log.level, 'info')
  signal()
  t.equal(log.level, 'fatal', 'its own level comes back')

  signal()
  setGate(log, { others: 'warn' })
  t.equal(log.level, 'warn', 'setGate ends what the signal began')
  signal()
  t.equal(log.level, 'info')
  signal()
  t.equal(log.level, 'warn', 'back to what setGate had set')

  const open = rankLogger(as(0), new Memory())
  open.level = 'error'
  signal()
  t.equal(open.level, 'error', 'an open rank stays as it is')
  setGate(open, { ranks: '1' })
  signal()
  t.equal(open.level, 'info', 'a rank that setGate closed opens')
  t.end()
})

t.test('all loggers share one listener, which keeps no logger alive', async (t) => {
  let collected = 0
  const registry = new FinalizationRegistry(() => {
    collected += 1
  })
  rankLogger(as(1), new Memory())
  const listeners = process.listenerCount('SIGUSR2')
  for (let n = 0; n < 20; n++) registry.register(rankLogger(as(1), new Memory()), n)
  t.equal(process.listenerCount('SIGUSR2'), listeners)
  for (let round = 0; round < 100 && collected < 20; round++) {
    await turn()
    collect()
  }
  t.equal(collected, 20)
  signal()
})

t.test('a signal that cannot be handled is refused', (t) => {
  const cases: [given: unknown, message: RegExp][] = [
    ['SIGUSR1', /gateSignal.*node starts its debugger at SIGUSR1, received "SIGUSR1"; use "SIGUSR2"/],
    ['SIGNOPE', /gateSignal.*a signal that this system has/],
    [null, /gateSignal.*a signal that this system has/],
  ]
  for (const [gateSignal, message] of cases) {
    const wrong = { ...as(0), gateSignal } as RankLoggerOptions
    t.throws(() => rankLogger(wrong), { code: 'OPTION_INVALID', message } as never, String(gateSignal))
  }
  t.end()
})

t.test('gateSignal is refused in a worker thread, which gets no signals', async (t) => {
  const module = new URL('./index.js', import.meta.url)
  const program = `import(${JSON.stringify(module.href)}).then(({ rankLogger }) => rankLogger({ gateSignal: 'SIGUSR2' }))`
  const [error] = await once(new Worker(program, { eval: true }), 'error')
  t.match(error, { code: 'OPTION_INVALID', message: /none in a worker thread: signals reach the main thread alone/ })
})
