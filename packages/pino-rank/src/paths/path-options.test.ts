import { join } from 'node:path'
import t from 'tap'
import { OptionChecker, type RankErrorCode } from '../errors/index.ts'
import { pathOption, runDirectoryOption } from './path-options.ts'

const check = new OptionChecker('pino-x')
const rank = { rank: 3, launcher: 'test', worldSize: 4, runKey: 'job-7', attempt: 2 }
const { runKey, ...keyless } = rank

t.test('a path is absolute, and has a folder for each attempt only with attemptFolder', async (t) => {
  const paths: [template: string, attemptFolder: boolean, path: string][] = [
    ['train.{rank}.log', false, '/job/train.3.log'],
    ['train.{rank}.log', true, '/job/attempt-2/train.3.log'],
    ['/logs/train.log', false, '/logs/train.log'],
  ]
  for (const [template, attemptFolder, path] of paths)
    t.equal(pathOption(check, 'path', template, rank, { cwd: '/job', attemptFolder }), path, template)
  t.equal(pathOption(check, 'path', 'train.log', rank), join(process.cwd(), 'train.log'))
  t.equal(pathOption(check, 'path', 'train.log', rank, { cwd: '/job' }), '/job/train.log')
})

t.test('a run directory is absolute, in whatever form the option has it', async (t) => {
  const bases: [runDirectory: string, base: string][] = [
    ['runs', '/job/runs'],
    ['runs/', '/job/runs'],
    ['.', '/job'],
    ['..', '/'],
    ['/logs/{runKey}', '/logs/job-7'],
  ]
  for (const [runDirectory, base] of bases)
    t.equal(runDirectoryOption(check, runDirectory, rank, { cwd: '/job' }).base, base, runDirectory)
})

t.test('attempts share a run directory unless each has its own', async (t) => {
  const attempt = (attemptFolder: boolean) => runDirectoryOption(check, 'runs', rank, { attemptFolder }).rank.attempt
  t.strictSame([attempt(false), attempt(true)], [0, 2])
  t.equal(runDirectoryOption(check, 'runs', rank, {}).rank.attempt, 0)
  t.equal(runDirectoryOption(check, 'runs', rank, { cwd: '/job', attemptFolder: true }).base, '/job/runs')
})

const refused: [name: string, runDirectory: unknown, path: unknown, code: RankErrorCode, message: RegExp][] = [
  ['no folder', '', 'a', 'OPTION_INVALID', /"runDirectory": expected a folder .*, received ""; name one, e\.g\. runs$/],
  ['no text', 7, 'a', 'OPTION_INVALID', /"runDirectory": expected a folder .*, received 7/],
  ['an unknown placeholder', '{who}', 'a', 'PATH_PLACEHOLDER', /"runDirectory", \{who\}/],
  [
    'a path that is no text',
    'runs',
    7,
    'OPTION_INVALID',
    /"path": expected a path that ends in a file name, received 7/,
  ],
  ['a path of a folder', 'runs', 'a/', 'OPTION_INVALID', /"path": .*; name a file, not a folder$/],
  ['a path above', 'runs', '../a', 'OPTION_INVALID', /"path": expected a path below the run directory/],
  ['a path above, hidden', 'runs', 'a/../../b', 'OPTION_INVALID', /"path": expected a path below the run directory/],
  ['an absolute path', 'runs', '/a', 'OPTION_INVALID', /"path": expected a path below the run directory/],
]

t.test('an error names the option at fault', async (t) => {
  for (const [name, runDirectory, path, code, message] of refused)
    t.throws(() => runDirectoryOption(check, runDirectory, rank, { path: path as string }), { code, message }, name)
  const message = /^pino-x: option "runDirectory": .*give runKey in the rank/
  t.throws(() => runDirectoryOption(check, 'runs', keyless, {}), { code: 'RANK_FIELD_MISSING', message })
})
