import { once } from 'node:events'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileStream } from 'pino-rank-file'
import t from 'tap'

/** Symbolic links that another user has planted under the names that a rotation uses. */
const planted = [
  'train.log.1',
  'train.log.3',
  'train.log.4.gz',
  '.train.log.out-1-00000000-0',
  '.train.log.pack-train.log.1-1-0',
]

t.test('with followSymlinks: false, rotation and close change neither planted links nor their targets', async (t) => {
  const dir = t.testdir({ out: { secret: 'secret\n', 'train.log.1': 'theirs\n' }, logs: {} })
  const logs = join(dir, 'logs')
  for (const name of planted) symlinkSync('../out/secret', join(logs, name))
  const rotate = { maxBytes: 4, keepFiles: 2, gzip: true }
  const rank = { rank: 0, launcher: 'test' }
  const stream = fileStream({ path: join(logs, 'train.log'), flushBytes: 1, rotate, followSymlinks: false, rank })
  for (let line = 1; line < 12; line++) stream.write(`${line}\n`)
  const closed = once(stream, 'close')
  stream.end()
  await closed
  const files = readdirSync(logs).filter((name) => !planted.includes(name))
  t.strictSame(Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(logs, name), 'utf8')])), {
    'train.log': '11\n',
    'train.log.8': '7\n8\n',
    'train.log.9': '9\n10\n',
  })
  t.strictSame(
    readdirSync(logs)
      .filter((name) => planted.includes(name))
      .sort(),
    [...planted].sort(),
  )
  t.strictSame(readdirSync(join(dir, 'out')).sort(), ['secret', 'train.log.1'])
  t.equal(readFileSync(join(dir, 'out/secret'), 'utf8'), 'secret\n')
})
