import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pino from 'pino'
import t from 'tap'
import { type RankLoggerOptions, rankLogger } from '../index.ts'
import { Memory } from './memory.test-kit.ts'

const noop = pino({ level: 'silent' }).info
const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })

/** Returns the lines without the fields that differ from run to run. */
const linesOf = ({ lines }: Memory) =>
  lines.map((line) => line.trim().replace(/"(time|pid|hostname)":("[^"]*"|\d+),/g, ''))

t.test('a stream: rank 0 writes from info, rank 1 from error', (t) => {
  const [zero, one] = [new Memory(), new Memory()]
  for (const [rank, memory] of [zero, one].entries()) {
    const log = rankLogger(as(rank), memory)
    log.info('i')
    log.child({ part: 'c' }).error('e')
  }
  t.strictSame(linesOf(zero), ['{"level":30,"rank":0,"msg":"i"}', '{"level":50,"rank":0,"part":"c","msg":"e"}'])
  t.strictSame(linesOf(one), ['{"level":50,"rank":1,"part":"c","msg":"e"}'])
  t.end()
})

t.test('a gated call is pino’s no-op, on the logger and on a child', (t) => {
  for (const options of [
    { ...as(1) },
    { ...as(1), transport: { target: 'pino/file' } },
  ] satisfies RankLoggerOptions[]) {
    const log = rankLogger(options)
    t.equal(log.info, noop)
    t.equal(log.child({ a: 1 }).info, noop)
    t.not(log.error, noop)
    t.equal(log.isLevelEnabled('info'), false)
  }
  t.end()
})

t.test('the level is the lowest that any target takes', (t) => {
  const sink = (gate: object) => ({ stream: new Memory(), ...gate })
  const cases: [name: string, rank: number, options: RankLoggerOptions, level: string][] = [
    [
      'every rank to the second',
      1,
      { transport: { targets: [sink({}), sink({ ranks: '*', level: 'debug' })] } },
      'debug',
    ],
    ['others per target', 1, { transport: { targets: [sink({ others: 'fatal' }), sink({ others: 'warn' })] } }, 'warn'],
    ['the logger’s gate is the targets’ default', 2, { ranks: '2', level: 'trace', transport: sink({}) }, 'trace'],
    ['a target’s own gate wins', 2, { ranks: '2', transport: sink({ ranks: '0' }) }, 'error'],
    ['silent on purpose', 0, { level: 'silent', transport: sink({ level: 'info' }) }, 'silent'],
    ['not enabled', 0, { enabled: false, transport: sink({ level: 'info' }) }, 'silent'],
    ['no target left', 1, { transport: sink({ others: 'silent' }) }, 'silent'],
    ['no transport', 1, {}, 'error'],
  ]
  for (const [name, rank, options, level] of cases) t.equal(rankLogger({ ...as(rank), ...options }).level, level, name)
  t.end()
})

t.test('a stream declares its own gate', (t) => {
  const declaring = Object.assign(new Memory(), { [Symbol.for('pino-rank')]: { ranks: '*', others: 'silent' } })
  t.equal(rankLogger(as(3), declaring).level, 'info')
  t.equal(rankLogger({ ...as(3), transport: { stream: declaring, ranks: '0' } }).level, 'silent')
  t.end()
})

t.test('several streams each get records from their own level on', (t) => {
  const [all, errors] = [new Memory(), new Memory()]
  const log = rankLogger({ ...as(1), transport: { targets: [{ stream: all, ranks: '*' }, { stream: errors }] } })
  log.info('i')
  log.error('e')
  t.equal(all.lines.length, 2)
  t.strictSame(linesOf(errors), ['{"level":50,"rank":1,"msg":"e"}'])
  log.flush(() => t.end())
})

t.test('a child with a lower level does not open the gate', (t) => {
  const memory = new Memory()
  const child = rankLogger(as(1), memory).child({}, { level: 'info' })
  child.info('i')
  child.error('e')
  t.strictSame(linesOf(memory), ['{"level":50,"rank":1,"msg":"e"}'])
  t.end()
})

t.test('a record is what plain pino writes, plus the rank', (t) => {
  const cases: [name: string, options: RankLoggerOptions<'audit'>, use: (log: pino.Logger<'audit'>) => void][] = [
    ['serializers', { serializers: { user: (user) => user.id } }, (log) => log.error({ user: { id: 4 } }, 'm')],
    ['redaction', { redact: ['secret'] }, (log) => log.error({ secret: 's' })],
    ['mixin', { mixin: () => ({ mixed: 1 }) }, (log) => log.error('m')],
    ['nestedKey and msgPrefix', { nestedKey: 'o', msgPrefix: '[x] ' }, (log) => log.error({ a: 1 }, 'm')],
    ['customLevels', { customLevels: { audit: 55 } }, (log) => log.audit('m')],
    ['messageKey, errorKey', { messageKey: 'text', errorKey: 'e' }, (log) => log.fatal({ e: 1 }, 'm')],
    ['formatters', { formatters: { level: (label) => ({ severity: label }) } }, (log) => log.error('m')],
    ['no timestamp', { timestamp: false }, (log) => log.error('m')],
    ['name', { name: 'app' }, (log) => log.error('m')],
    ['no base, no name', { base: null, name: 'app' }, (log) => log.error('m')],
    [
      'level set at run time',
      { level: 'fatal' },
      (log) => {
        log.level = 'trace'
        log.trace('m')
      },
    ],
  ]
  for (const [name, options, use] of cases) {
    const [plain, ranked] = [new Memory(), new Memory()]
    use(pino(options as pino.LoggerOptions<'audit'>, plain))
    use(rankLogger<'audit'>({ ...as(0), ...options }, ranked))
    const without = linesOf(ranked).map((line) => line.replace(/"rank":0,?/, '').replace(/,\}$/, '}'))
    t.strictSame(without, linesOf(plain), name)
    t.match(ranked.lines[0], '"rank":0', name)
  }
  let children = 0
  rankLogger(
    {
      ...as(1),
      onChild: () => {
        children += 1
      },
    },
    new Memory(),
  ).child({ a: 1 })
  t.equal(children, 1, 'onChild')
  t.strictSame(rankLogger({ ...as(1), base: { a: 1 } }, new Memory()).bindings(), { a: 1, rank: 1 }, 'bindings')
  t.end()
})

t.test('a sink’s options are checked once: by its append if it has one, else by its check', async (t) => {
  const dir = mkdtempSync(join(t.testdir(), 'targets-'))
  for (const [checks, expected] of [
    [['check', 'append'], 'append'],
    [['check'], 'check'],
  ] as const) {
    const target = join(dir, `${checks.join('-')}.mjs`)
    const functions = checks.map((name) => `${name}: ({ calls }) => void calls.push('${name}')`)
    const declaration = `export const rank = { ranks: '0', others: 'error', ${functions} }`
    writeFileSync(target, `${declaration}; export default () => {}`)
    for (const rank of [0, 1]) {
      const calls: string[] = []
      rankLogger({ ...as(rank), level: 'silent', transport: { target, options: { calls } } })
      t.strictSame(calls, [expected], `rank ${rank}`)
    }
  }
})

t.test('invalid input throws the same error on every rank', (t) => {
  const dir = mkdtempSync(join(t.testdir(), 'targets-'))
  writeFileSync(
    join(dir, 'checks.mjs'),
    `
    export const rank = { ranks: '0', others: 'error', check() { throw new Error('refused') } }
    export default () => {}`,
  )
  const cases: [name: string, options: object, error: object][] = [
    [
      'a typo in a target',
      { transport: { target: 'pino/file', rnaks: '0' } },
      { code: 'OPTION_UNKNOWN', message: /transport: .*"rnaks"/ },
    ],
    [
      'in one of several',
      { transport: { targets: [{ target: 'pino/file' }, { target: 'pino/file', lvl: 1 }] } },
      { code: 'OPTION_UNKNOWN', message: /targets\[1\]/ },
    ],
    ['a target next to targets', { transport: { targets: [], target: 'pino/file' } }, { code: 'OPTION_UNKNOWN' }],
    [
      'no destination',
      { transport: { options: {} } },
      { code: 'OPTION_INVALID', message: /one of target, pipeline or stream, received nothing/ },
    ],
    ['two destinations', { transport: { target: 'pino/file', stream: new Memory() } }, { code: 'OPTION_INVALID' }],
    ['no stream', { transport: { stream: {} } }, { code: 'OPTION_INVALID' }],
    ['a thread that is no boolean', { transport: { target: 'pino/file', thread: 1 } }, { code: 'OPTION_INVALID' }],
    ['a thread with a stream', { transport: { stream: new Memory(), thread: true } }, { code: 'OPTION_INVALID' }],
    [
      'a thread with a pipeline',
      { transport: { targets: [{ pipeline: [{ target: 'pino/file' }], thread: true }] } },
      { code: 'OPTION_INVALID', message: /targets\[0\]\.thread/ },
    ],
    ['no array', { transport: { targets: 'pino/file' } }, { code: 'OPTION_INVALID' }],
    ['an unknown level', { level: 'loud', transport: { target: 'pino/file' } }, { code: 'LEVEL_UNKNOWN' }],
    ['of a target', { transport: { target: 'pino/file', level: 'loud' } }, { code: 'LEVEL_UNKNOWN' }],
    ['of the others', { transport: { target: 'pino/file', others: 'loud' } }, { code: 'LEVEL_UNKNOWN' }],
    [
      'a missing target',
      { transport: { target: 'no-such-target' } },
      {
        code: 'TARGET_NOT_FOUND',
        message: /resolves from .*rank-logger\.test\.js, received "no-such-target"; install/,
      },
    ],
    ['a missing file', { transport: { target: '/no/such.js' } }, { code: 'TARGET_NOT_FOUND' }],
    ['an empty target', { transport: { target: '' } }, { code: 'TARGET_NOT_FOUND' }],
    ['in a pipeline', { transport: { pipeline: [{ target: 'no-such-target' }] } }, { code: 'TARGET_NOT_FOUND' }],
    ['what a sink refuses', { transport: { target: join(dir, 'checks.mjs') } }, { message: 'refused' }],
    ['by URL', { transport: { target: pathToFileURL(join(dir, 'checks.mjs')).href } }, { message: 'refused' }],
    ['levels that fall', { levelComparison: 'DESC' }, { code: 'OPTION_INVALID' }],
    [
      'formatters.level with targets',
      { formatters: { level: () => ({}) }, transport: { targets: [{ target: 'pino/file' }] } },
      { message: 'option.transport.targets do not allow custom level formatters' },
    ],
  ]
  for (const [name, options, error] of cases) {
    for (const rank of [0, 1])
      t.throws(() => rankLogger({ ...as(rank), ...options }), error as Error, `${name}, rank ${rank}`)
  }
  t.throws(() => rankLogger({ transport: { target: 'pino/file' } }, new Memory()), { code: 'OPTION_INVALID' })
  t.end()
})
