import { hostname } from 'node:os'
import pino from 'pino'
import t from 'tap'
import { gate, type PinoGateOptions, RankError } from '../index.ts'

const rank = { rank: 1, launcher: 'test', worldSize: 4 }

t.test('the level of rank 1 of 4 follows from the options', (t) => {
  const cases: [name: string, options: PinoGateOptions, level: string][] = [
    ['the others write errors', {}, 'error'],
    ['a selected rank writes from info', { ranks: '1' }, 'info'],
    ['its own level', { ranks: '*', level: 'debug' }, 'debug'],
    ['a number between labels', { ranks: '*', level: 45 }, 'error'],
    ['strict rank 0', { others: 'silent' }, 'silent'],
    ['level above others counts', { level: 'fatal' }, 'fatal'],
    ['silent is above all', { level: 'silent' }, 'silent'],
    ['undefined is not set', { ranks: undefined, others: undefined, level: undefined }, 'error'],
    ['a custom level', { others: 'audit', customLevels: { audit: 55 } }, 'audit'],
    ['upper case', { others: 'WARN' }, 'warn'],
  ]
  for (const [name, options, level] of cases) t.equal(gate({ rank, ...options }).level, level, name)
  t.end()
})

t.test('the base of every record has the rank', (t) => {
  const cases: [name: string, options: PinoGateOptions, base: object][] = [
    ['pino’s own, and the rank', { rank }, { pid: process.pid, hostname: hostname(), rank: 1 }],
    ['the program’s', { rank, base: { app: 'a' } }, { app: 'a', rank: 1 }],
    ['the rank stays without a base', { rank, base: null }, { rank: 1 }],
    ['a name for the rank', { rank, base: null, rankKey: 'r' }, { r: 1 }],
    ['the attempt of a restarted job', { rank: { ...rank, attempt: 2 }, base: null }, { rank: 1, attempt: 2 }],
    ['attempt 0 is left out', { rank: { ...rank, attempt: 0 }, base: null }, { rank: 1 }],
    ['not launched', { base: null }, { rank: 0 }],
  ]
  for (const [name, options, base] of cases) t.strictSame(gate(options).base, base, name)
  t.end()
})

t.test('a gated call is pino’s no-op', (t) => {
  const log = pino({ ...gate({ rank }) }, { write: () => t.fail('written') })
  t.equal(log.info, pino({ level: 'silent' }).info)
  log.info('no')
  t.end()
})

t.test('an invalid option throws a RankError', (t) => {
  const cases: [options: object, code: string, message: RegExp][] = [
    [
      { rank, rnaks: '0' },
      'OPTION_UNKNOWN',
      /^pino-rank: gate\(\) options: expected only .*, received "rnaks"; check the/,
    ],
    [
      { rank, level: 'loud' },
      'LEVEL_UNKNOWN',
      /option "level": expected one of trace, .*silent or a number, received "loud"/,
    ],
    [{ rank, others: 'loud' }, 'LEVEL_UNKNOWN', /option "others"/],
    [{ rank, ranks: '0,x' }, 'RANK_SET_SYNTAX', /0,x/],
    [{ onBadRank: 'ignore' }, 'OPTION_INVALID', /onBadRank/],
  ]
  for (const [options, code, message] of cases) t.throws(() => gate(options), { name: 'RankError', code, message })
  t.ok(new RankError('OPTION_INVALID', { package: 'p', at: 'a', expected: 'e', received: 1n, fix: 'f' }).message)
  t.end()
})
