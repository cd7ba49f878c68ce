import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type FileOptions, fileStream, rank } from './index.ts'

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
]

for (const [name, options, code, message] of refused) {
  t.test(`refused at construction: ${name}`, (t) => {
    const wrong = options as FileOptions
    t.throws(() => fileStream({ ...wrong, rank: self }), { code, message }, 'as a stream')
    t.throws(() => rank.check?.(wrong, self), { code, message }, 'as a target')
    t.throws(() => rank.append?.(wrong, self), { code, message }, 'as a gated rank’s append')
    t.end()
  })
}

t.test('a good set of options opens nothing', (t) => {
  const path = join(t.testdir(), 'logs', 'train.log')
  const options = { path, mkdir: true, mode: 0o600, flushBytes: 1, flushMs: 1, flushLevel: 'silent' }
  const stream = fileStream({ ...options, rank: self })
  rank.check?.(options, self)
  rank.append?.(options, self)
  stream.end()
  t.notOk(existsSync(join(path, '..')))
  t.end()
})
