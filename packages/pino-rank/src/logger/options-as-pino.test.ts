import pino from 'pino'
import t from 'tap'
import { rankLogger, setGate } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })
const messagesOf = ({ lines }: Memory) => lines.map((line) => JSON.parse(line).msg)

t.test('inherited options are ignored, except transport, as in pino', (t) => {
  const inherited = { level: 'debug', name: 'inherited', base: null, ranks: '3' }
  const make = (more: object) => Object.assign(Object.create({ ...inherited, ...more }), as(0))
  const [plain, ranked, target] = [new Memory(), new Memory(), new Memory()]
  pino(make({}), plain).info('i')
  const log = rankLogger(make({}), ranked)
  log.info('i')
  t.equal(log.level, 'info')
  t.strictSame(Object.keys(JSON.parse(ranked.lines[0] as string)), ['level', 'time', 'pid', 'hostname', 'rank', 'msg'])
  t.strictSame(Object.keys(JSON.parse(plain.lines[0] as string)), ['level', 'time', 'pid', 'hostname', 'msg'])
  rankLogger(make({ transport: { stream: target } })).info('to the target')
  t.strictSame(messagesOf(target), ['to the target'])
  t.end()
})

t.test('a silent or disabled logger needs no level info', (t) => {
  const levels = { customLevels: { audit: 35, low: 5 }, useOnlyCustomLevels: true }
  for (const off of [{ level: 'silent' }, { enabled: false }, { enabled: false, level: 'silent' }]) {
    for (const [rank, expected] of [
      [0, ['audit']],
      [1, []],
    ] as const) {
      const stream = new Memory()
      const log = rankLogger({ ...as(rank), ...levels, ...off }, stream)
      log.audit('silent')
      log.level = 'audit'
      log.audit('audit')
      t.strictSame(messagesOf(stream), expected, `${JSON.stringify(off)}, rank ${rank}`)
    }
    const log = rankLogger({ ...as(0), ...levels, ...off })
    t.equal(log.level, 'silent')
  }
  const refused = { code: 'LEVEL_UNKNOWN' } as never
  t.throws(() => rankLogger({ ...as(0), ...levels }, new Memory()), refused, 'pino refuses that too')
  t.throws(() => rankLogger({ ...as(0), ...levels, enabled: false, level: 'info' }, new Memory()), refused)
  t.end()
})

t.test('the level of a single target applies, whatever the level of the logger or of a child is', (t) => {
  const only = new Memory()
  const plain = new Memory()
  const ranked = [
    { transport: { targets: [{ stream: only, level: 'warn' }] } },
    { transport: { stream: only, level: 'warn' } },
  ]
  const use = (log: pino.Logger) => {
    log.level = 'trace'
    for (const name of ['debug', 'warn'] as const) {
      log[name](name)
      log.child({}, { level: 'debug' })[name](`child ${name}`)
    }
  }
  use(pino({ level: 'warn' }, pino.multistream([{ stream: plain, level: 'warn' }])))
  t.strictSame(messagesOf(plain), ['warn', 'child warn'])
  for (const options of ranked) {
    only.lines.length = 0
    use(rankLogger({ ...as(0), ...options }))
    t.strictSame(messagesOf(only), messagesOf(plain))
  }
  const log = rankLogger({ ...as(0), ...ranked[0] })
  only.lines.length = 0
  setGate(log, { level: 'debug' })
  log.debug('setGate wins over it')
  setGate(log)
  use(log)
  t.strictSame(messagesOf(only), ['setGate wins over it', 'warn', 'child warn'])
  t.end()
})

t.test('formatters.bindings gets the base itself, with its methods, and no getter is called', (t) => {
  class Base {
    app = 'trainer'
    get broken() {
      throw new Error('read')
    }
    fields() {
      return { app: this.app.toUpperCase() }
    }
  }
  const base = Object.defineProperty(new Base(), 'own', { get: () => t.fail('called'), enumerable: true })
  const formatters = { bindings: (given: object) => (given as Base).fields() }
  const [plain, ranked] = [new Memory(), new Memory()]
  pino({ base, timestamp: false, formatters }, plain).info('i')
  rankLogger({ ...as(0), base, timestamp: false, formatters }, ranked).info('i')
  t.strictSame(plain.lines, ['{"level":30,"app":"TRAINER","msg":"i"}\n'])
  t.strictSame(ranked.lines, ['{"level":30,"rank":0,"app":"TRAINER","msg":"i"}\n'])
  t.end()
})

t.test('without a base, formatters.bindings is called for setBindings alone, as in pino', (t) => {
  const formatters = { bindings: (given: object) => ({ ...given, added: true }) }
  const [plain, ranked] = [new Memory(), new Memory()]
  for (const log of [
    pino({ base: null, timestamp: false, formatters }, plain),
    rankLogger({ ...as(0), base: null, timestamp: false, formatters }, ranked),
  ]) {
    log.info('i')
    log.setBindings({ later: 1 })
    log.info('i')
  }
  t.strictSame(plain.lines, ['{"level":30,"msg":"i"}\n', '{"level":30,"later":1,"added":true,"msg":"i"}\n'])
  t.strictSame(ranked.lines, [
    '{"level":30,"rank":0,"msg":"i"}\n',
    '{"level":30,"rank":0,"later":1,"added":true,"msg":"i"}\n',
  ])
  t.end()
})
