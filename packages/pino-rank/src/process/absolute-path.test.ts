import { join } from 'node:path'
import t from 'tap'
import { absoluteDestination, absolutePath } from './absolute-path.ts'

const cwd = process.cwd()

t.test('a relative path is resolved against the given folder, or else the working directory', async (t) => {
  t.equal(absolutePath('train.log', '/data'), '/data/train.log')
  t.equal(absolutePath('./logs//train.log', '/data'), '/data/logs/train.log')
  t.equal(absolutePath('../train.log', '/data/job'), '/data/train.log')
  t.equal(absolutePath('train.log', '/'), '/train.log')
  t.equal(absolutePath('logs/train.log'), join(cwd, 'logs/train.log'))
})

t.test('an absolute path is unchanged, even without a working directory', async (t) => {
  t.equal(absolutePath('/data/train.log', '/other'), '/data/train.log')
  t.equal(absolutePath('/data/link/../train.log', '/other'), '/data/link/../train.log')
})

t.test('`..` after a folder is left to the system, because the folder may be a symbolic link', async (t) => {
  t.equal(absolutePath('link/../train.log', '/data'), '/data/link/../train.log')
  t.equal(absolutePath('../link/../train.log', '/data/'), '/data/../link/../train.log')
  t.equal(absolutePath('a..b/train.log', '/data'), '/data/a..b/train.log')
})

t.test('among foreign targets, only the destination of pino/file is resolved as a path', async (t) => {
  t.strictSame(absoluteDestination('pino/file', { destination: 'a.log', mkdir: true }, '/data'), {
    destination: '/data/a.log',
    mkdir: true,
  })
  t.strictSame(absoluteDestination('pino/file', { destination: 2 }, '/data'), { destination: 2 })
  t.equal(absoluteDestination('pino/file', undefined, '/data'), undefined)
  t.strictSame(absoluteDestination('other', { destination: 'a.log' }, '/data'), { destination: 'a.log' })
})
