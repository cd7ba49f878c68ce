import pino from 'pino'
import t from 'tap'
import { type RankGate, type RankLoggerOptions, type ResolvedRank, rankLogger, setGate } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

const noop = pino({ level: 'silent' }).info
const as = (rank: ResolvedRank['rank']): RankLoggerOptions => ({
  rank: { rank, launcher: 'test', worldSize: 4 } as ResolvedRank,
})

const streamOf = (log: object) => (log as Record<symbol, unknown>)[pino.symbols.streamSym]

t.test('opens a gated rank and gates it again', (t) => {
  const memory = new Memory()
  const log = rankLogger(as(1), memory)
  t.equal(log.info, noop)
  setGate(log, { ranks: '1' })
  t.not(log.info, noop)
  log.info('opened')
  log.child({ part: 'c' }).info('by a child made afterwards')
  log.debug('below the level')
  t.equal(streamOf(log), memory, 'an open rank writes straight to its one stream')
  setGate(log)
  t.equal(log.info, noop)
  t.equal(log.level, 'error')
  log.child({}, { level: 'trace' }).info('a child’s lower level does not open the gate')
  log.error('e')
  t.strictSame(memory.messages, ['opened', 'by a child made afterwards', 'e'])
  t.end()
})

t.test('gates an open rank', (t) => {
  const memory = new Memory()
  const log = rankLogger(as(0), memory)
  const debugChild = log.child({}, { level: 'debug' })
  setGate(log, { ranks: '1', others: 'error' })
  t.equal(log.info, noop)
  debugChild.info('an existing child does not write below the gate')
  log.error('e')
  setGate(log)
  t.equal(streamOf(log), memory)
  log.info('i')
  t.strictSame(memory.messages, ['e', 'i'])
  t.end()
})

t.test('an option of setGate overrides the others, and one that is left out changes nothing', (t) => {
  const strict = { stream: new Memory(), others: 'silent' }
  const split = { stream: new Memory(), ranks: '*' }
  const declaring = Object.assign(new Memory(), { [Symbol.for('pino-rank')]: { ranks: '*', others: 'silent' } })
  const cases: [name: string, options: RankLoggerOptions, gate: RankGate, level: string][] = [
    ['ranks', {}, { ranks: '1-' }, 'info'],
    ['ranks, from the logger’s level', { level: 'debug' }, { ranks: '*' }, 'debug'],
    ['ranks, from the target’s level', { transport: { ...strict, level: 'trace' } }, { ranks: '*' }, 'trace'],
    ['other ranks', {}, { ranks: '2' }, 'error'],
    ['others', {}, { others: 'debug', level: 'trace' }, 'debug'],
    ['others, of a target that has its own', { transport: strict }, { others: 'warn' }, 'warn'],
    ['level of a gated rank', {}, { level: 'trace' }, 'error'],
    ['level of an open rank', { ranks: '*' }, { level: 'trace' }, 'trace'],
    ['a numeric level', { ranks: '*' }, { level: 20 }, 'debug'],
    ['silent', { ranks: '*' }, { level: 'silent' }, 'silent'],
    ['strict and split, closed', { transport: { targets: [strict, split] } }, { ranks: '0', others: 'fatal' }, 'fatal'],
    ['what a stream declares', { transport: { stream: declaring } }, { ranks: '0', others: 'warn' }, 'warn'],
    ['nothing', { transport: { targets: [strict, split] } }, {}, 'info'],
    ['undefined means left out', {}, { ranks: undefined, others: undefined, level: undefined }, 'error'],
    ['a silent logger stays so', { level: 'silent' }, { ranks: '*' }, 'silent'],
    ['but for a level', { level: 'silent', transport: split }, { level: 'warn' }, 'warn'],
    ['a disabled logger stays so', { enabled: false }, { ranks: '*' }, 'silent'],
    ['but for a level too', { enabled: false, transport: split }, { level: 'warn' }, 'warn'],
    ['a custom level', { customLevels: { audit: 55 } } as never, { others: 'audit' }, 'audit'],
  ]
  for (const [name, options, gate, level] of cases) {
    const log = rankLogger({ ...as(1), ...options })
    const { level: built } = log
    setGate(log, { ranks: '*', others: 'fatal', level: 'trace' })
    setGate(log, gate)
    t.equal(log.level, level, name)
    setGate(log)
    t.equal(log.level, built, `${name}: back again`)
  }
  const unknown = rankLogger({ ...as('unknown') })
  setGate(unknown, { ranks: '*' })
  t.equal(unknown.level, 'error', 'an unknown rank is in no set')
  t.end()
})

t.test('each target gets the records of its own gate', (t) => {
  const [file, strict] = [new Memory(), new Memory()]
  const log = rankLogger({ ...as(1), transport: { targets: [{ stream: file }, { stream: strict, others: 'silent' }] } })
  const messages: unknown[] = []
  strict.on('message', (message) => messages.push(message))
  setGate(log, { others: 'warn' })
  log.warn('both')
  log.info('none')
  setGate(log)
  log.error('one')
  setGate(log, { others: 'warn' })
  log.warn('both again')
  t.strictSame(file.messages, ['both', 'one', 'both again'])
  t.strictSame(strict.messages, ['both', 'both again'])
  t.match(messages, [{ code: 'PINO_CONFIG', config: { messageKey: 'msg', errorKey: 'err', levels: { values: {} } } }])
  t.equal(messages.length, 1, 'a stream that was not wanted at construction gets pino’s configuration once')
  t.end()
})

t.test('a target that was opened is flushed with the others, also when it is gated again', async (t) => {
  const flushed: string[] = []
  const flushing = (name: string) => ({
    write() {},
    flush(done: () => void) {
      flushed.push(name)
      done()
    },
  })
  const targets = [{ stream: flushing('file') }, { stream: flushing('strict'), others: 'silent' }]
  const log = rankLogger({ ...as(1), transport: { targets } })
  const flush = () => new Promise<void>((done) => log.flush(() => done()))
  await flush()
  t.strictSame(flushed.splice(0), ['file'])
  setGate(log, { ranks: '1' })
  setGate(log)
  await flush()
  t.strictSame(flushed, ['file', 'strict'])
})

t.test('given a child, setGate changes the gate of its logger', (t) => {
  const memory = new Memory()
  const log = rankLogger(as(1), memory)
  const child = log.child({ a: 1 }).child({ b: 1 }, { level: 'fatal' })
  setGate(child, { ranks: '*' })
  child.info('c')
  log.info('l')
  t.strictSame(memory.messages, ['c', 'l'])
  t.end()
})

t.test('invalid input throws and changes nothing', (t) => {
  const memory = new Memory()
  const log = rankLogger(as(1), memory)
  const cases: [name: string, set: () => void, error: object][] = [
    [
      'an unknown key',
      () => setGate(log, { rnaks: '*' } as never),
      { code: 'OPTION_UNKNOWN', message: /setGate.*rnaks/ },
    ],
    ['an unknown level', () => setGate(log, { ranks: '*', level: 'loud' }), { code: 'LEVEL_UNKNOWN' }],
    ['of the others', () => setGate(log, { ranks: '*', others: 'loud' }), { code: 'LEVEL_UNKNOWN' }],
    ['a rank set', () => setGate(log, { ranks: '1-0' }), { code: 'RANK_SET_SYNTAX' }],
    ['no rank set', () => setGate(log, { ranks: {} as never }), { code: 'OPTION_INVALID' }],
    [
      'a local rank that the rank does not have',
      () => setGate(log, { ranks: 'local:0' }),
      { code: 'RANK_FIELD_MISSING' },
    ],
    [
      'pino’s own logger',
      () => setGate(pino(memory), { ranks: '*' }),
      { code: 'OPTION_INVALID', message: /a logger that rankLogger made.*received "\[object Pino\]"; make it with/ },
    ],
    ['no logger', () => setGate(undefined as never), { code: 'OPTION_INVALID' }],
  ]
  for (const [name, set, error] of cases) {
    t.throws(set, error as Error, name)
    t.equal(log.info, noop)
    t.not(log.error, noop)
  }
  t.end()
})
