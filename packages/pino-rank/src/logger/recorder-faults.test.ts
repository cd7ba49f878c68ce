import t from 'tap'
import { rankLogger } from '../index.ts'
import { dumpRecordings } from '../process/recordings.ts'
import { Memory } from './memory.test-kit.ts'
import { as } from './recorder.test-kit.ts'

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
    t.equal(memory.records.length, 5, 'it is reported once')
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
  'if the stream fails, a process warning reports the held record, and the error itself is still passed to the stream',
  async (t) => {
    const written: string[] = []
    let isWorking = false
    const log = rankLogger(
      { ...as(1), recorder: { records: 3 } },
      {
        write: (line: string) => (isWorking ? written.push(line) : raise('no more')),
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
    isWorking = true
    log.error('again')
    t.match(
      written.map((line) => JSON.parse(line)),
      [{ msg: 'again' }],
    )
  },
)
