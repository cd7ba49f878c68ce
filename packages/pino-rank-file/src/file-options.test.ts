import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { append, type FileOptions, fileStream, rank } from './index.ts'

const path = 'train.log'
const self = { rank: 3, launcher: 'test', worldSize: 4 }

const refused: [name: string, options: object, code: string, message: RegExp][] = [
  ['no path', {}, 'OPTION_INVALID', /option "path": expected a path that ends in a file name, received nothing/],
  ['an empty path', { path: '' }, 'OPTION_INVALID', /"path"/],
  ['a folder', { path: 'logs/' }, 'OPTION_INVALID', /received "logs\/"/],
  ['a folder by name', { path: 'logs/..' }, 'OPTION_INVALID', /"path"/],
  ['an unknown placeholder', { path: 'train.{rnak}.log' }, 'PATH_PLACEHOLDER', /^pino-rank-file: .*\{rnak\}/],
  ['time in a shared path', { path: 'train.{time}.log' }, 'PATH_PLACEHOLDER', /\{time\}/],
  ['an unknown option', { path, fsyncc: 1 }, 'OPTION_UNKNOWN', /expected only path, mkdir.*received "fsyncc"/],
  ['mkdir', { path, mkdir: 'yes' }, 'OPTION_INVALID', /"mkdir": expected true or false/],
  ['mode', { path, mode: 0o10000 }, 'OPTION_INVALID', /"mode": expected a whole number from 0 to 511/],
  ['mode as text', { path, mode: '640' }, 'OPTION_INVALID', /"mode"/],
  ['flushBytes', { path, flushBytes: 0 }, 'OPTION_INVALID', /"flushBytes"/],
  ['flushMs', { path, flushMs: 1.5 }, 'OPTION_INVALID', /"flushMs"/],
  ['flushMs never', { path, flushMs: Infinity }, 'OPTION_INVALID', /"flushMs"/],
  ['flushLevel', { path, flushLevel: 'loud' }, 'LEVEL_UNKNOWN', /pino-rank-file, option "flushLevel"/],
  ['rotate', { path, rotate: true }, 'OPTION_INVALID', /"rotate": expected an object/],
  ['rotate nothing', { path, rotate: null }, 'OPTION_INVALID', /"rotate"/],
  ['an unknown part of rotate', { path, rotate: { size: 1 } }, 'OPTION_UNKNOWN', /"rotate".*"size"/],
  [
    'maxBytes',
    { path, rotate: { maxBytes: '10M' } },
    'OPTION_INVALID',
    /"rotate.maxBytes": expected a whole number from 1/,
  ],
  ['maxBytes of 0', { path, rotate: { maxBytes: 0 } }, 'OPTION_INVALID', /"rotate.maxBytes"/],
  [
    'every',
    { path, rotate: { every: 'week' } },
    'OPTION_INVALID',
    /"rotate.every": expected "day" or "hour" or "minute"/,
  ],
  ['atStart', { path, rotate: { atStart: 1 } }, 'OPTION_INVALID', /"rotate.atStart"/],
  ['names', { path, rotate: { names: 'random' } }, 'OPTION_INVALID', /"rotate.names"/],
  ['keepFiles', { path, rotate: { keepFiles: 0 } }, 'OPTION_INVALID', /"rotate.keepFiles"/],
  ['keepBytes', { path, rotate: { keepBytes: -1 } }, 'OPTION_INVALID', /"rotate.keepBytes"/],
  ['keepDays', { path, rotate: { keepDays: 0.5 } }, 'OPTION_INVALID', /"rotate.keepDays"/],
  ['gzip', { path, rotate: { gzip: 'yes' } }, 'OPTION_INVALID', /"rotate.gzip"/],
  ['current', { path, current: 'logs/' }, 'OPTION_INVALID', /"current": expected a path that ends in a file name/],
]

for (const [name, options, code, message] of refused) {
  t.test(`refused at construction: ${name}`, (t) => {
    const wrong = options as FileOptions
    t.throws(() => fileStream({ ...wrong, rank: self }), { code, message }, 'as a stream')
    t.throws(() => rank.check?.(wrong, self), { code, message }, 'as a target')
    t.throws(() => append(wrong, self), { code, message }, 'as a gated rank’s append')
    t.end()
  })
}

t.test('a good set of options opens nothing', (t) => {
  const path = join(t.testdir(), 'logs', 'train.log')
  const limits = { maxBytes: 1, every: 'day', keepFiles: 1, keepBytes: 1, keepDays: 1 } as const
  const rotate = { ...limits, atStart: true, names: 'dated', gzip: true } as const
  const current = `${path}.now`
  const options = { path, current, rotate, mkdir: true, mode: 0o600, flushBytes: 1, flushMs: 1, flushLevel: 'silent' }
  const stream = fileStream({ ...options, rank: self })
  rank.check?.(options, self)
  append(options, self)
  stream.end()
  t.notOk(existsSync(join(path, '..')))
  t.end()
})

t.test('a signal for a rotation that is not there is refused', (t) => {
  const options = { path, rank: self, rotateOn: 'SIGUSR2' } as const
  t.throws(() => fileStream(options), { code: 'OPTION_INVALID', message: /"rotateOn": expected the option "rotate"/ })
  fileStream({ ...options, rotate: {} }).end()
  const asTarget = () => rank.check?.({ path, rotateOn: 'SIGUSR2' } as FileOptions, self)
  t.throws(asTarget, { code: 'OPTION_INVALID', message: /"rotateOn": expected none in a target/ })
  t.end()
})
