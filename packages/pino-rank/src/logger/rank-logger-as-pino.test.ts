import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { type RankLoggerOptions, rankLogger, setGate } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

const noop = pino({ level: 'silent' }).info
const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })

/** Returns the lines without the rank and the fields that differ from run to run. */
const linesOf = ({ lines }: Memory) =>
  lines.map((line) =>
    line
      .replace(/"time":\d+,?/, '')
      .replace(/"rank":0,?/, '')
      .replace(/,(?=\})/, ''),
  )

t.test('an option has the same effect as in pino', (t) => {
  const cases: [name: string, options: object][] = [
    ['base', { base: { a: 1 } }],
    ['no base', { base: null }],
    ['no base, as pino documents it', { base: undefined }],
    ['no base, and a name', { base: undefined, name: 'app' }],
    ['formatters.bindings', { formatters: { bindings: ({ pid }: pino.Bindings) => ({ pid }) } }],
    ['formatters.bindings without any', { formatters: { bindings: () => ({}) } }],
    ['formatters.level', { formatters: { level: (label: string) => ({ severity: label }) } }],
    ['silent', { level: 'silent' }],
    ['disabled', { enabled: false }],
    ['disabled, with a level', { enabled: false, level: 'debug' }],
    ['a level that custom levels move', { customLevels: { info: 5 } }],
    ['a level as high as another', { customLevels: { audit: 30 } }],
    ['only custom levels', { customLevels: { audit: 35 }, useOnlyCustomLevels: true, level: 'audit' }],
    ['only custom levels, info among them', { customLevels: { info: 35 }, useOnlyCustomLevels: true }],
    ['upper case', { customLevels: { AUDIT: 35 }, level: 'AUDIT' }],
    ['levels around zero', { customLevels: { deep: -1, half: 0.5 }, level: 'deep' }],
    ['no transport', { transport: undefined }],
    ['a transport that is off', { transport: false }],
    ['hooks', { hooks: { streamWrite: (line: string) => line.replaceAll('trace', 'traced') } }],
  ]
  const use = (log: pino.Logger) => {
    const methods = log as unknown as Record<string, (object: object, message: string) => void>
    const logAll = () => {
      for (const level of ['trace', 'info', 'audit', 'AUDIT', 'deep', 'error']) methods[level]?.({ a: 1 }, level)
    }
    logAll()
    log.setBindings({ later: 1 })
    log.child({ c: 1 }).error?.('child')
    log.level = Object.keys(log.levels.values)[0] as string
    logAll()
    log.level = 'silent'
    logAll()
  }
  for (const [name, options] of cases) {
    const [plain, ranked] = [new Memory(), new Memory()]
    use(pino(options, plain as never))
    use(rankLogger({ ...options, ...as(0) }, ranked as never))
    t.strictSame(linesOf(ranked), linesOf(plain), name)
    t.not(plain.lines.length, 0)
  }
  t.end()
})

t.test('every record has its rank, whatever formatters.bindings returns', (t) => {
  const bindings: [name: string, formatter: (given: pino.Bindings) => object, expected: object][] = [
    ['nothing', () => ({}), { rank: 3, attempt: 2 }],
    ['undefined', () => undefined as never, { rank: 3, attempt: 2 }],
    ['an undefined rank', () => ({ rank: undefined }), { rank: 3, attempt: 2 }],
    ['the rank and a copy of it', ({ rank }) => ({ node: rank }), { rank: 3, attempt: 2, node: 3 }],
    ['what it was given', (given) => given, { rank: 3, attempt: 2, a: 1 }],
  ]
  for (const [name, formatter, expected] of bindings) {
    const lines: string[] = []
    const log = rankLogger(
      { rank: { ...as(3).rank, attempt: 2 }, base: { a: 1 }, timestamp: false, formatters: { bindings: formatter } },
      { write: (line) => lines.push(line) },
    )
    log.setBindings({ later: 1 })
    log.child({ c: 1 }).error('m')
    const { level, msg, c, later, ...rest } = JSON.parse(lines[0] as string)
    t.strictSame(rest, expected, name)
    t.equal(lines[0]?.split('"rank"').length, 2)
  }
  const lines: string[] = []
  const formatters = { bindings: () => ({}) }
  rankLogger({ ...as(1), rankKey: 'r', formatters }, { write: (line) => lines.push(line) }).error('m')
  t.match(lines[0], '"r":1')
  t.end()
})

t.test('a silent logger writes once its level is set', (t) => {
  const silences: [name: string, options: RankLoggerOptions][] = [
    ['silent', { level: 'silent' }],
    ['disabled', { enabled: false }],
  ]
  for (const [name, options] of silences) {
    const [one, two, never] = [new Memory(), new Memory(), new Memory()]
    const targets = [{ stream: one }, { stream: two, level: 'error' }, { stream: never, level: 'silent' }]
    const log = rankLogger({ ...as(0), ...options, transport: { targets } })
    t.equal(log.info, noop, name)
    log.level = 'info'
    log.info('i')
    log.error('e')
    t.strictSame(
      [one, two, never].map(({ lines }) => lines.length),
      [2, 1, 0],
    )
    setGate(log, { level: 'silent' })
    t.equal(log.info, noop)
    log.level = 'info'
    log.info('again')
    t.equal(one.lines.length, 3)

    const gated = new Memory()
    const other = rankLogger({ ...as(1), ...options }, gated)
    other.level = 'info'
    other.info('i')
    other.error('e')
    t.equal(gated.lines.length, 1, 'a gated rank stays gated')
  }
  t.end()
})

/** A target whose line is written when its `write` returns. */
const target = `
const { Writable } = require('node:stream')
const { appendFileSync } = require('node:fs')
module.exports = ({ to }) => new Writable({ write(chunk, _, done) { appendFileSync(to, chunk); done() } })`

t.test('a silent logger has no worker before its level is set', async (t) => {
  const dir = t.testdir({ 'target.cjs': target })
  const to = join(dir, 'train.log')
  const started: unknown[] = []
  process.on('worker', (worker) => started.push(worker))
  const transport = { target: join(dir, 'target.cjs'), options: { to } }
  const log = rankLogger({ ...as(0), level: 'silent', transport })
  t.strictSame(started, [])
  log.level = 'info'
  log.info('i')
  await new Promise<void>((done) => log.flush(() => done()))
  t.match(readFileSync(to, 'utf8'), '"msg":"i"')
  t.equal(started.length, 1)
})

t.test('a lower log.level opens targets as in pino: from info, or from their own level', async (t) => {
  for (const level of ['error', 'silent', 'info', 'debug']) {
    const plain = [new Memory(), new Memory()] as const
    const ranked = [new Memory(), new Memory()] as const
    const own = level === 'debug' ? { level } : {} // pino's targets have the level info unless they set one
    const streams = ([one, two]: readonly [Memory, Memory]) => [
      { stream: one, ...own },
      { stream: two, level: 'warn' as const },
    ]
    const loggers = [
      pino({ level }, pino.multistream(streams(plain) as never)),
      rankLogger({ ...as(0), level, transport: { targets: streams(ranked) } }),
    ]
    for (const log of loggers) {
      log.info('before')
      const child = log.child({}, { level: 'info' })
      child.info('child')
      for (const later of ['debug', 'info', 'warn'] as const) {
        log.level = later
        for (const method of ['debug', 'info', 'warn', 'error'] as const) log[method](method)
      }
    }
    for (const i of [0, 1] as const) t.strictSame(linesOf(ranked[i]), linesOf(plain[i]), `${level}, target ${i}`)
  }
})

t.test('dedupe sends a record to the target with the highest level, also among ready streams', async (t) => {
  const dir = t.testdir({ 'target.cjs': target, low: '', high: '' })
  const stream = new Memory()
  const to = (name: string) => ({ target: join(dir, 'target.cjs'), options: { to: join(dir, name) } })
  const targets = [
    { stream, level: 'warn' },
    { ...to('low'), level: 'info' },
    { ...to('high'), level: 'error' },
  ]
  const log = rankLogger({ ...as(0), transport: { dedupe: true, targets } })
  for (const level of ['info', 'warn', 'error'] as const) log[level](level)
  await new Promise<void>((done) => log.flush(() => done()))
  const messagesOf = (text: string) => text.match(/(?<="msg":")\w+/g)
  t.strictSame(messagesOf(stream.lines.join('')), ['warn'])
  t.strictSame(messagesOf(readFileSync(join(dir, 'low'), 'utf8')), ['info'])
  t.strictSame(messagesOf(readFileSync(join(dir, 'high'), 'utf8')), ['error'])
})

t.test('without a level named error, the other ranks write from its number', (t) => {
  const only = { ...as(1), useOnlyCustomLevels: true, level: 'low' } as const
  const level = (customLevels: object, more: object = {}) =>
    rankLogger({ ...only, customLevels, ...more } as never, new Memory()).level
  t.equal(level({ low: 10, high: 51 }), 'high')
  t.equal(level({ low: 10 }), 'silent')
  t.equal(level({ low: 10, error: 11 }), 'error')
  t.equal(level({ low: 10, high: 20 }, { others: 'high' }), 'high')
  t.equal(level({ low: 10, high: 51 }, { recorder: { records: 1 } }), 'high')
  t.throws(() => level({ low: 10 }, { others: 'error' }), { code: 'LEVEL_UNKNOWN' } as never)
  t.end()
})
