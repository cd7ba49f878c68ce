import { type EventEmitter, once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pino from 'pino'
import t from 'tap'
import { rankLogger } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })
const streamOf = (log: object) =>
  (log as Record<symbol, unknown>)[pino.symbols.streamSym] as EventEmitter & { end(): void }

t.test('a destination may be the only argument, as in pino', async (t) => {
  const dir = t.testdir()
  const [zero, one] = ['0', '1'].map((rank) => join(dir, rank)) as [string, string]
  const { RANKLOG_RANK } = process.env
  t.teardown(() => {
    if (RANKLOG_RANK === undefined) delete process.env.RANKLOG_RANK
    else process.env.RANKLOG_RANK = RANKLOG_RANK
  })
  const chunks: string[] = []
  const writable = new Writable({ write: (chunk, _, done) => done(void chunks.push(String(chunk))) as never })
  for (const [rank, file] of [zero, one].entries()) {
    process.env.RANKLOG_RANK = String(rank)
    const logBoth = (log: pino.Logger) => {
      log.info('i')
      log.error('e')
      return streamOf(log)
    }
    for (const log of [rankLogger(writable), rankLogger({}, writable)]) logBoth(log)
    for (const make of [() => rankLogger(file), () => rankLogger({}, file), () => rankLogger(null, file)]) {
      const log = make()
      await once(streamOf(log), 'ready')
      const closed = once(streamOf(log), 'close')
      logBoth(log).end()
      await closed
    }
  }
  const messagesOf = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ msg, rank }) => `${msg}${rank}`)
  t.strictSame(messagesOf(chunks.join('')), ['i0', 'e0', 'i0', 'e0', 'e1', 'e1'])
  t.strictSame(
    [zero, one].map((file) => messagesOf(readFileSync(file, 'utf8'))),
    [
      ['i0', 'e0', 'i0', 'e0', 'i0', 'e0'],
      ['e1', 'e1', 'e1'],
    ],
  )

  const unused = join(dir, 'unused')
  rankLogger(unused).info('gated')
  t.notOk(existsSync(unused), 'a gated rank opens no file')
})

t.test('formatters.level is refused where pino refuses it, and not for ready streams', (t) => {
  const formatters = { level: (label: string) => ({ level: label }) }
  const [one, two] = [new Memory(), new Memory()]
  const log = rankLogger({
    ...as(1),
    formatters,
    transport: { targets: [{ stream: one, ranks: '*' }, { stream: two }] },
  })
  log.info('i')
  log.error('e')
  t.strictSame([one.lines.length, two.lines.length], [2, 1])
  t.match(one.lines[0], '{"level":"info"')
  rankLogger({ ...as(1), formatters, transport: { targets: [] } })
  rankLogger({ ...as(1), formatters, transport: { target: 'pino/file' } })
  const mixed = { targets: [{ stream: one }, { target: 'pino/file' }] }
  t.throws(() => rankLogger({ ...as(1), formatters, transport: mixed }), /do not allow custom level formatters/)
  t.end()
})

t.test('targets resolve from transport.caller', (t) => {
  const dir = t.testdir({ node_modules: { mine: { 'index.js': 'module.exports = () => {}' } } })
  const transport = { target: 'mine', others: 'silent' }
  t.throws(() => rankLogger({ ...as(1), transport }), { code: 'TARGET_NOT_FOUND' } as never)
  for (const caller of [join(dir, 'app.js'), ['/none.js', join(dir, 'app.js')]])
    t.equal(rankLogger({ ...as(1), transport: { ...transport, caller } }).level, 'silent')
  t.end()
})

t.test('a record after the end of the stream is written once on a gated rank', async (t) => {
  const path = join(t.testdir(), 'errors.log')
  const alive = setInterval(() => {}, 1000) // pino's workers do not keep the program running
  t.teardown(() => clearInterval(alive))
  for (const [target, log, isInOrder] of [
    ['a file', rankLogger({ ...as(1) }, path), true],
    // the worker may write its record after the one that this thread appends
    ['a worker', rankLogger({ ...as(1), transport: { target: 'pino/file', options: { destination: path } } }), false],
  ] as const) {
    writeFileSync(path, '')
    log.error('before')
    const closed = once(streamOf(log), 'close')
    streamOf(log).end()
    log.error('after')
    await closed
    // pino's worker reports a flush before it has taken a record that came while it started
    do await new Promise((flushed) => log.flush(() => setImmediate(flushed)))
    while (!readFileSync(path, 'utf8').includes('after'))
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    const found = lines.map((line) => JSON.parse(line).msg)
    t.strictSame(isInOrder ? found : found.sort().reverse(), ['before', 'after'], target)
  }
})

t.test('null options mean no options, as with pino', (t) => {
  const transport = { target: 'pino-rank-stdout', options: null as never }
  for (const given of [transport, { targets: [transport] }, { pipeline: [transport] }])
    t.equal(rankLogger({ ...as(1), level: 'silent', transport: given }).level, 'silent')
  t.end()
})

t.test('an argument that is neither options nor a stream is refused on every rank', (t) => {
  const invalid = { name: 'RankError', code: 'OPTION_INVALID' }
  const cases: [name: string, first: unknown, second?: unknown, error?: object][] = [
    ...[null, 0, 1, true, false, [], () => {}, Symbol('s'), 1n, ''].map((first): [string, unknown] => [
      `options ${String(first)}`,
      first,
    ]),
    ...[1, true, '', {}, [], () => {}].map((second): [string, unknown, unknown] => [
      `stream ${String(second)}`,
      {},
      second,
    ]),
    ...['x', 1, true, [], () => {}, {}, { target: 1 }, { target: null }, { pipeline: {} }, { pipeline: [] }].map(
      (transport): [string, unknown] => [`transport ${JSON.stringify(transport)}`, { transport }],
    ),
    ...[{}, 'x', 1, [null], ['x'], [1], [[]], [{}], [{ stream: null }], [{ pipeline: [null] }]].map(
      (targets): [string, unknown] => [`targets ${JSON.stringify(targets)}`, { transport: { targets } }],
    ),
    [
      'a stream as transport',
      { transport: new Memory() },
      undefined,
      { message: /give the stream as second argument/ },
    ],
    ['pino’s destination as transport', { transport: pino.destination('/dev/null') }],
    ['options of a target', { transport: { target: 'pino/file', options: 'x' } }],
    ['options of a step', { transport: { pipeline: [{ target: 'pino/file', options: [] }] } }],
    [
      'a gate on a step',
      { transport: { pipeline: [{ target: 'pino/file', ranks: '*' }] } },
      undefined,
      { code: 'OPTION_UNKNOWN' },
    ],
    ['caller', { transport: { target: 'pino/file', caller: 1 } }],
    [
      'transport.levels',
      { transport: { target: 'pino/file', levels: { a: 1 } } },
      undefined,
      { code: 'OPTION_UNKNOWN', message: /define them in customLevels/ },
    ],
    ['a name that pino leaves out', { rankKey: 'level' }],
    ['no name for the rank', { rankKey: '' }],
    ['levelComparison', { levelComparison: 'DESC' }],
    ['a function as levelComparison', { levelComparison: () => true }],
    ['no custom levels', { useOnlyCustomLevels: true }, undefined, { message: /customLevels with it/ }],
    [
      'no level',
      { useOnlyCustomLevels: true, customLevels: { a: 1 } },
      undefined,
      { code: 'LEVEL_UNKNOWN', message: /received nothing/ },
    ],
    ['transport and stream', { transport: { target: 'pino/file' } }, new Memory()],
  ]
  for (const [name, first, second, error] of cases) {
    for (const rank of [0, 1]) {
      const given =
        Object.prototype.toString.call(first) === '[object Object]' ? { ...(first as object), ...as(rank) } : first
      const expected = name.includes('"target":') ? { name: 'RankError' } : { ...invalid, ...error }
      t.throws(() => rankLogger(given as never, second as never), expected as never, `${name}, rank ${rank}`)
    }
  }
  for (const nothing of [undefined, null, false] as never[]) rankLogger({ ...as(0), level: 'silent' }, nothing)
  t.end()
})
