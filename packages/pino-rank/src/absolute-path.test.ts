import { join } from 'node:path'
import t from 'tap'
import { absoluteDestination, absolutePath } from './absolute-path.ts'

const cwd = process.cwd()

t.test('a relative path becomes absolute, from the folder that is given or the working directory', async (t) => {
  t.equal(absolutePath('train.log', '/data'), '/data/train.log')
  t.equal(absolutePath('./logs//train.log', '/data'), '/data/logs/train.log')
  t.equal(absolutePath('../train.log', '/data/job'), '/data/train.log')
  t.equal(absolutePath('train.log', '/'), '/train.log')
  t.equal(absolutePath('logs/train.log'), join(cwd, 'logs/train.log'))
})

t.test('an absolute path stays as it is, also where there is no working directory', async (t) => {
  t.equal(absolutePath('/data/train.log', '/other'), '/data/train.log')
  t.equal(absolutePath('/data/link/../train.log', '/other'), '/data/link/../train.log')
})

t.test('`..` behind a folder is left to the system: the folder may be a symbolic link', async (t) => {
  t.equal(absolutePath('link/../train.log', '/data'), '/data/link/../train.log')
  t.equal(absolutePath('../link/../train.log', '/data/'), '/data/../link/../train.log')
  t.equal(absolutePath('a..b/train.log', '/data'), '/data/a..b/train.log')
})

t.test('of foreign targets, only the destination of pino/file is known to be a path', async (t) => {
  t.strictSame(absoluteDestination('pino/file', { destination: 'a.log', mkdir: true }, '/data'), {
    destination: '/data/a.log',
    mkdir: true,
  })
  t.strictSame(absoluteDestination('pino/file', { destination: 2 }, '/data'), { destination: 2 })
  t.equal(absoluteDestination('pino/file', undefined, '/data'), undefined)
  t.strictSame(absoluteDestination('other', { destination: 'a.log' }, '/data'), { destination: 'a.log' })
})
