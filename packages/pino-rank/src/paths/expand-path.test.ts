import { relative, resolve, sep } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { ResolvedRank } from '../rank/rank-info.ts'
import { soleRank } from '../rank/rank-info.ts'
import { expandPath } from './expand-path.ts'

const context = { host: 'node1', pid: 42, now: new Date('2025-01-30T12:00:00.789Z') }
const rank3: ResolvedRank = {
  ...{ rank: 3, launcher: 'torchrun', worldSize: 8, localRank: 1, localWorldSize: 2, nodeRank: 1, runKey: 'a1:29500' },
}
const unknown: ResolvedRank = { rank: 'unknown', launcher: 'slurm' }

const paths: [template: string, rank: ResolvedRank, path: string][] = [
  ['train.log', rank3, 'train.log'],
  ['train.{rank}.log', rank3, 'train.3.log'],
  ['train.{rank:5}.log', rank3, 'train.00003.log'],
  ['{nodeRank:2}/{localRank:1}.log', rank3, '01/1.log'],
  ['{rank}-of-{worldSize}.log', rank3, '3-of-8.log'],
  ['{rank}.log', { ...rank3, worldSize: 9_999 }, '3.log'],
  ['{rank}-{localRank}.log', { ...rank3, worldSize: 10_000 }, '00003-1.log'],
  ['{rank:2}.log', { ...rank3, worldSize: 10_000 }, '03.log'],
  ['{rank}.log', { ...rank3, rank: 123_456, worldSize: 200_000 }, '123456.log'],
  ['{host}/{runKey}.log', rank3, 'node1/a1_29500.log'],
  ['{time}.log', soleRank, '20250130T120000Z.log'],
  ['{pid}.{rank}.log', rank3, '42.3.log'],
  ['{rank}/{rank}.log', rank3, '3/3.log'],
  ['run-{attempt}.log', rank3, 'run-0.log'],
  ['run-{attempt:2}.log', { ...rank3, attempt: 2 }, 'run-02.log'],
  ['train.log', { ...rank3, attempt: 0 }, 'train.log'],
  ['train.log', { ...rank3, attempt: 2 }, 'attempt-2/train.log'],
  ['./logs/../x/train.{rank}.log', { ...rank3, attempt: 1 }, './logs/../x/attempt-1/train.3.log'],
  ['/train.log', { ...rank3, attempt: 1 }, '/attempt-1/train.log'],
  ['train.{rank}.log', unknown, 'train.unknown-42.log'],
  ['train.{rank:5}.log', unknown, 'train.unknown-42.log'],
  ['{nodeRank}/{rank}.{attempt}.log', unknown, 'unknown-42/unknown-42.0.log'],
  ['a{b.log', rank3, 'a{b.log'],
  ['{runKey}/train.log', { ...rank3, runKey: 'k'.repeat(300) }, `${'k'.repeat(80)}/train.log`],
  ['{runKey}.{rank}.log', { ...rank3, runKey: '語'.repeat(300) }, `${'語'.repeat(80)}.3.log`],
]

t.test('a template becomes the path of the rank', async (t) => {
  for (const [template, rank, path] of paths) t.equal(expandPath(template, rank, context), path, template)
  t.match(expandPath('{host}.{pid}.{time}', soleRank), /^.+\.\d+\.\d{8}T\d{6}Z$/, 'from this process')
})

t.test('attempts share a folder if attemptFolder is false', async (t) => {
  const second = { ...rank3, attempt: 2 }
  t.equal(expandPath('logs/train.log', second, { ...context, attemptFolder: false }), 'logs/train.log')
  t.equal(expandPath('{attempt}/train.log', second, { ...context, attemptFolder: false }), '2/train.log')
})

const errors: [template: string, rank: ResolvedRank, code: string, message: RegExp][] = [
  ['', rank3, 'OPTION_INVALID', /^pino-rank: option "path": .* received ""/],
  ['logs/', rank3, 'OPTION_INVALID', /"logs\/"/],
  ['logs/..', rank3, 'OPTION_INVALID', /file name/],
  ['.', rank3, 'OPTION_INVALID', /file name/],
  ['a\0b', rank3, 'OPTION_INVALID', /./],
  [undefined as never, rank3, 'OPTION_INVALID', /received nothing/],
  ['{rnk}.log', rank3, 'PATH_PLACEHOLDER', /\{rank\}, \{localRank\}.*\{time\}.*received "rnk"/],
  ['{}.log', rank3, 'PATH_PLACEHOLDER', /, \{\}: /],
  ['{constructor}.log', rank3, 'PATH_PLACEHOLDER', /./],
  ['{host:3}.log', rank3, 'PATH_PLACEHOLDER', /, \{host:3\}: /],
  ['{rank:}.log', rank3, 'PATH_PLACEHOLDER', /./],
  ['{rank:x}.log', rank3, 'PATH_PLACEHOLDER', /./],
  ['{rank:100}.log', rank3, 'PATH_PLACEHOLDER', /./],
  ['{time}.log', rank3, 'PATH_PLACEHOLDER', /use \{runKey\} instead of \{time\}, or add \{rank\}/],
  ['{pid}.log', { rank: 0, launcher: 'pm2' }, 'PATH_PLACEHOLDER', /instead of \{pid\}/],
  ['{nodeRank}.log', { rank: 1, launcher: 'env' }, 'RANK_FIELD_MISSING', /set GROUP_RANK or CROSS_RANK/],
  ['{nodeRank}.log', { rank: 1, launcher: 'openmpi' }, 'RANK_FIELD_MISSING', /RANKLOG_RANK and RANKLOG_NODE_RANK/],
  [
    '{worldSize}.log',
    { rank: 1, launcher: 'mine' },
    'RANK_FIELD_MISSING',
    /give worldSize in the rank that the program/,
  ],
  ['{runKey}.log', { rank: 1, launcher: 'hydra' }, 'RANK_FIELD_MISSING', /set RANKLOG_RUN_ID/],
  ['{runKey}.log', { rank: 1, launcher: 'mine' }, 'RANK_FIELD_MISSING', /give runKey in the rank/],
  ['{runKey}.log', soleRank, 'RANK_FIELD_MISSING', /set RANKLOG_RUN_ID/],
]

t.test('an invalid template throws, and the error names the package and the option', async (t) => {
  for (const [template, rank, code, message] of errors) {
    t.throws(() => expandPath(template, rank), { code, message }, JSON.stringify(template))
  }
  const asked = { package: 'pino-rank-file', option: 'dir' }
  t.throws(() => expandPath('', rank3, asked), { message: /^pino-rank-file: option "dir": / })
})

t.test('no value can leave its place in the path', async () => {
  const hostileValue = fc.oneof(
    fc.constantFrom('..', '.', '', '/', '\\', '../..', '/etc/passwd', 'C:\\x', '\0', 'a/../../b', '~', '…', '..\u0000'),
    fc.string({ unit: 'binary', maxLength: 300 }),
  )
  fc.assert(
    fc.property(hostileValue, hostileValue, (host, runKey) => {
      const path = expandPath('logs/{host}/{runKey}{host}/.{runKey}', { ...soleRank, runKey }, { host })
      const inside = relative('logs', path).split(sep)
      const flat = [...path].every((char) => char >= ' ' && char !== '\x7f' && char !== '\\')
      const short = path.split('/').every((part) => [...part].length <= 160)
      return (
        flat &&
        short &&
        inside.length === 3 &&
        !inside.includes('..') &&
        resolve(path).startsWith(resolve('logs') + sep)
      )
    }),
  )
})
