import pino from 'pino'
import t from 'tap'
import { type RankLoggerOptions, rankLogger, setGate } from '../index.ts'
import { dumpRecordings } from '../process/recordings.ts'
import { Memory } from './memory.test-kit.ts'

const as = (rank: number): RankLoggerOptions => ({
  rank: { rank, launcher: 'test', worldSize: 4 },
  base: null,
  timestamp: () => `,"time":${clock++}`,
})

let clock = 0

t.test('what the gate holds back comes before an error, marked, the newest, with its own time', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 3 } }, memory)
  clock = 0 // pino tries it
  const child = log.child({ part: 'c' })
  for (const step of [0, 1, 2, 3]) log.info({ step }, 'step %d', step)
  child.warn('odd')
  log.debug('below the level from which it keeps')
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

t.test('redaction, serializers and the user’s own hook are as they are', async (t) => {
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

t.test('an open rank pays nothing and keeps nothing', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(0), recorder: { records: 10 } }, memory)
  const { logMethod } = (log as unknown as Record<symbol, { logMethod?: unknown }>)[pino.symbols.hooksSym] ?? {}
  t.equal(logMethod, undefined, 'nothing stands in a call')
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

t.test('at gateSignal it comes before what is open from then on; gated again it keeps on', async (t) => {
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
})

t.test('with setGate', async (t) => {
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

t.test('bad options', async (t) => {
  for (const recorder of [{ records: 0 }, { records: 1.5 }, { records: 1, level: 'loud' }, { records: 1, size: 2 }])
    t.throws(
      () => rankLogger({ ...as(0), recorder: recorder as never }),
      { name: 'RankError' },
      JSON.stringify(recorder),
    )
})

/** Records that a user may log, and the error that reading them throws. */
const throwing: [name: string, record: () => object, why: RegExp][] = [
  ['a getter', () => Object.defineProperty({}, 'x', { enumerable: true, get: () => raise('getter') }), /Error: getter/],
  ['a proxy', () => new Proxy({}, { ownKeys: () => raise('proxy') }), /Error: proxy/],
  ['a proxy that was revoked', revoked, /TypeError: /],
  ['a serializer', () => ({ odd: 1 }), /Error: serializer/],
  [
    'an error whose message throws',
    () => Object.defineProperty(new Error(), 'message', { get: () => raise('m') }),
    /m$/,
  ],
  [
    'what throws a text',
    () => Object.defineProperty({}, 'x', { enumerable: true, get: () => raise('', 'text') }),
    /text/,
  ],
  [
    'what throws something without a text',
    () => Object.defineProperty({}, 'x', { enumerable: true, get: () => raise('', Object.create(null)) }),
    /a value that cannot be shown as text$/,
  ],
]

function raise(message: string, thrown: unknown = new Error(message)): never {
  throw thrown
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

for (const [name, record, why] of throwing) {
  t.test(`a held record that throws loses no other line: ${name}`, async (t) => {
    const memory = new Memory()
    const serializers = { odd: () => raise('serializer') }
    const log = rankLogger({ ...as(1), serializers, recorder: { records: 10 } }, memory)
    log.info('first')
    log.info(record(), 'throws')
    log.warn('last')
    log.error('boom')
    t.match(memory.records, [
      { msg: 'first', recorded: true, level: 30 },
      { msg: 'last', recorded: true, level: 40 },
      { msg: /^pino-rank: 1 held record could not be written: /, unwritten: 1, rank: 1, level: 40 },
      { msg: 'boom', level: 50 },
    ])
    t.equal(memory.records.length, 4)
    t.match(memory.records[2]?.msg, why)
    t.notOk('recorded' in (memory.records[2] as object))
    log.error('again')
    t.equal(memory.records.length, 5, 'it is said once')
  })
}

t.test('a value that JSON cannot represent is written as pino writes it', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 10 } }, memory)
  const circle: Record<string, unknown> = { step: 1 }
  circle.self = circle
  const thrower = { toJSON: () => raise('toJSON') }
  log.info({ big: 2n ** 64n, circle, thrower }, 'odd')
  log.error('boom')
  t.match(memory.records, [
    { big: 2 ** 64, circle: { step: 1, self: '[Circular]' }, thrower: /unable to serialize/, recorded: true },
    { msg: 'boom' },
  ])
})

t.test('the report names the reasons, even if the mixin, the formatter and the hook throw', async (t) => {
  const memory = new Memory()
  let held = true
  const log = rankLogger(
    {
      ...as(1),
      recorder: { records: 5 },
      mixin: () => (held ? raise('mixin') : {}),
      formatters: { log: (fields: object) => (held ? raise('formatter') : fields) },
      hooks: {
        logMethod(this: unknown, args: unknown[], method: (...args: unknown[]) => void) {
          if (args[0] === 'hook') raise('hook')
          method.apply(this, args)
        },
      },
      customLevels: { metric: 35, alarm: 60 },
      useOnlyCustomLevels: true,
      level: 'metric',
      others: 'alarm',
    } as never,
    memory,
  ) as unknown as { metric(text: string): void }
  for (const text of ['hook', 'a', 'b', 'c']) log.metric(text)
  t.strictSame(memory.records, [])
  dumpRecordings()
  held = false
  t.match(memory.records, [
    { msg: 'pino-rank: 4 held records could not be written: Error: hook; Error: mixin', unwritten: 4, level: 35 },
  ])
  t.equal(memory.records.length, 1)
})

t.test(
  'where the log takes nothing, a warning says what was not written, and the error’s own line is tried',
  async (t) => {
    const written: string[] = []
    let takes = false
    const log = rankLogger(
      { ...as(1), recorder: { records: 3 } },
      {
        write: (line: string) => (takes ? written.push(line) : raise('no more')),
      },
    )
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    t.teardown(() => process.off('warning', onWarning))
    log.info('held')
    t.throws(() => log.error('boom'), { message: 'no more' }, 'as pino’s own')
    await new Promise(setImmediate)
    t.match(warnings, [{ name: 'RankWarning', message: /1 held record could not be written: Error: no more$/ }])
    takes = true
    log.error('again')
    t.match(
      written.map((line) => JSON.parse(line)),
      [{ msg: 'again' }],
    )
  },
)

t.test('records kept during a dump stay for the next dump', async (t) => {
  const memory = new Memory()
  const log = rankLogger({ ...as(1), recorder: { records: 2 } }, memory)
  const speaks = (text: string) => ({
    get x() {
      log.info(text)
      return 1
    },
  })
  log.info(speaks('during 1'), 'a')
  log.info(speaks('during 2'), 'b')
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
