import { homedir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import fc from 'fast-check'
import { expandPath } from 'pino-rank/sink'
import t from 'tap'
import { fixedFolder } from './place-options.ts'

const cwd = process.cwd()

const folders: [template: string, folder: string][] = [
  ['train.log', cwd],
  ['logs/train.log', cwd],
  ['logs/{runKey}/train.log', cwd],
  ['./logs/../x/train.log', cwd],
  ['../logs/train.log', join(cwd, '../logs')],
  ['../{host}.log', dirname(cwd)],
  ['/data/train.log', resolve('/data')],
  ['/data/{runKey}/train.log', resolve('/data')],
  ['/data/run-{runKey}/train.log', resolve('/data')],
  ['/{host}.log', resolve('/')],
  [`${homedir()}/a/../b/{rank}.log`, join(homedir(), 'b')],
]

t.test('the fixed folder of a relative template is the folder that it is resolved against', async (t) => {
  t.equal(fixedFolder('logs/{rank}.log', '/data'), '/data')
  t.equal(fixedFolder('../logs/train.log', '/data/job'), '/data/logs')
  t.equal(fixedFolder('/logs/train.log', '/data'), '/logs')
})

t.test('the fixed folder is the working directory, or the folders before the first placeholder', async (t) => {
  for (const [template, folder] of folders) t.equal(fixedFolder(template), folder, template)
})

t.test('no value of a placeholder leads out of the fixed folder', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '',
      '/',
      '\\',
      '../..',
      '/etc/passwd',
      '\0',
      'a/../../b',
      '{rank}',
      '..{host}',
      '‥',
      '／',
    ),
    fc.string({ unit: 'binary', maxLength: 100 }),
  )
  const part = fc.constantFrom('{runKey}', '{host}', '..{runKey}', '.{host}', 'a', '{runKey}{host}', '{rank}')
  const template = fc
    .tuple(fc.constantFrom('/data/', 'logs/', '', '../x/'), fc.array(part, { minLength: 1, maxLength: 5 }))
    .map(([start, parts]) => start + parts.join('/'))
  fc.assert(
    fc.property(template, value, value, fc.nat(3), (template, runKey, host, attempt) => {
      const rank = { rank: 1, launcher: 'test', worldSize: 2, runKey, attempt }
      const path = resolve(expandPath(template, rank, { host }))
      return !relative(fixedFolder(template), path).split(sep).includes('..')
    }),
  )
})
