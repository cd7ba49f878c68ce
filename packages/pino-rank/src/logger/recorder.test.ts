import pino from 'pino'
import t from 'tap'
import { type RankLoggerOptions, rankLogger, setGate } from '../index.ts'
import { dumpRecordings } from '../process/recordings.ts'
import { Memory } from './memory.test-kit.ts'
import { as, clock } from './recorder.test-kit.ts'

t.test('the newest held records are written before an error, marked, with the times of their calls', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 3 } }, memory)
  clock.next = 0 // pino calls it once at construction
  const child = log.child({ part: 'c' })
  for (const step of [0, 1, 2, 3]) log.info({ step }, 'step %d', step)
  child.warn('odd')
  log.debug('below the level of the recorder')
  t.strictSame(memory.records, [])
  log.error('boom')
  t.strictSame(memory.records, [
    { level: 30, time: 2, rank: 1, recorded: true, step: 2, msg: 'step 2' },
    { level: 30, time: 3, rank: 1, recorded: true, step: 3, msg: 'step 3' },
    { level: 40, time: 4, rank: 1, part: 'c', recorded: true, msg: 'odd' },
    { level: 50, time: 5, rank: 1, msg: 'boom' },
  ])
  child.error('again')
  t.equal(memory.records.length, 5, 'it is written once')
})

t.test('nothing is formatted before it is needed', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 10 } }, memory)
  let formatted = 0
  const costly = { toJSON: () => ++formatted }
  log.info({ costly })
  t.equal(formatted, 0)
  log.error('now')
  t.equal(formatted, 1)
  t.match(memory.records, [{ costly: 1, recorded: true }, { msg: 'now' }])
})

t.test('redaction, serializers and the user’s own hook apply to held records', async (t) => {
  const memory = new Memory()
  const log = rankLogger(
    {
      ...as(1),
      recorder: { records: 10 },
      redact: ['token'],
      hooks: {
        logMethod(args, method) {
          method.apply(this, ['hooked', ...args.slice(1)] as never)
        },
      },
    },
    memory,
  )
  log.child({ token: 'secret' }).info('a')
  log.error('b')
  t.match(memory.records, [{ token: '[Redacted]', msg: 'hooked', recorded: true }, { msg: 'hooked' }])
  t.notOk('recorded' in (memory.records[1] as object))
})

t.test('on an open rank there is no recorder', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(0), recorder: { records: 10 } }, memory)
  const { logMethod } = (log as unknown as Record<symbol, { logMethod?: unknown }>)[pino.symbols.hooksSym] ?? {}
  t.equal(logMethod, undefined, 'no hook is installed')
  log.info('a')
  log.error('b')
  t.strictSame(
    memory.records.map(({ msg, recorded }) => [msg, recorded]),
    [
      ['a', undefined],
      ['b', undefined],
    ],
  )
})

t.test(
  'held records are written when gateSignal opens the rank, and recording resumes when it is gated again',
  async (t) => {
    const memory = new Memory()
    const log = rankLogger({ ...as(1), recorder: { records: 10 }, gateSignal: 'SIGUSR2' }, memory)
    const signal = () => process.emit('SIGUSR2', 'SIGUSR2')
    log.info('held')
    signal()
    log.info('open')
    signal()
    log.info('held again')
    t.strictSame(
      memory.records.map(({ msg, recorded }) => [msg, recorded]),
      [
        ['held', true],
        ['open', undefined],
      ],
    )
    log.error('boom')
    t.match(memory.records.slice(2), [{ msg: 'held again', recorded: true }, { msg: 'boom' }])
  },
)

t.test('setGate opens a rank without writing its held records, which stay for the next error', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 10, level: 'debug' } }, memory)
  log.debug('held')
  setGate(log, { ranks: '*' })
  log.info('open')
  log.debug('still held')
  setGate(log)
  log.info('held, too')
  log.error('boom')
  t.strictSame(
    memory.records.map(({ msg, recorded }) => [msg, recorded]),
    [
      ['open', undefined],
      ['held', true],
      ['still held', true],
      ['held, too', true],
      ['boom', undefined],
    ],
  )
})

t.test('an invalid option throws', async (t) => {
  for (const recorder of [{ records: 0 }, { records: 1.5 }, { records: 1, level: 'loud' }, { records: 1, size: 2 }])
    t.throws(
      () => rankLogger({ ...as(0), recorder: recorder as never }),
      { name: 'RankError' },
      JSON.stringify(recorder),
    )
})

t.test('records that are logged during a dump stay for the next dump', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 2 } }, memory)
  const logsWhenRead = (text: string) => ({
    get x() {
      log.info(text)
      return 1
    },
  })
  log.info(logsWhenRead('during 1'), 'a')
  log.info(logsWhenRead('during 2'), 'b')
  log.error('boom')
  t.match(
    memory.records.map(({ msg }) => msg),
    ['a', 'b', 'boom'],
  )
  log.error('again')
  t.match(
    memory.records.slice(3).map(({ msg }) => msg),
    ['during 1', 'during 2', 'again'],
  )
})

t.test('the user’s own hook runs in every dump', async (t) => {
  const memory = new Memory()
  const hooks: RankLoggerOptions['hooks'] = {
    logMethod(args, method) {
      method.apply(this, [`hooked ${args[0]}`] as never)
    },
  }
  const log = rankLogger({ ...as(1), recorder: { records: 2 }, hooks }, memory)
  log.info('a')
  dumpRecordings()
  t.match(memory.records, [{ msg: 'hooked a', recorded: true }])
})
