/** Paths in metric records, and files that metric sinks read, which are not regular files. Reading them must not block. */
import { symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { csvStream } from 'pino-csv-metrics'
import { readEvents } from 'pino-tensorboard'
import t from 'tap'
import { read } from '../../packages/pino-rank-metrics/dist/record/metric-reader.test-kit.js'
import { makeFifo } from './kit/run-command.ts'

const record = (metrics: object) => `${JSON.stringify({ level: 30, time: 1_700_000_000_000, step: 1, metrics })}\n`

t.test('an image whose path is not a regular file is ignored and reported, and the rest of the record is used', (t) => {
  const dir = t.testdir({ folder: {}, 'large.png': '' })
  makeFifo(join(dir, 'fifo'))
  symlinkSync('fifo', join(dir, 'link'))
  symlinkSync('/dev/zero', join(dir, 'zero'))
  symlinkSync('loop', join(dir, 'loop'))
  truncateSync(join(dir, 'large.png'), 2 ** 29) // a sparse file, which needs no room on the disk
  const cases: [path: string, reason: string][] = [
    ['fifo', 'EINVAL: not a regular file'],
    ['link', 'EINVAL: not a regular file'],
    ['zero', 'EINVAL: not a regular file'],
    ['folder', 'EISDIR'],
    ['loop', 'ELOOP'],
    ['missing', 'ENOENT'],
    ['a\0b', 'null bytes'],
    ['large.png', 'EFBIG: larger than 268435456 bytes'],
  ]
  for (const [path, reason] of cases) {
    const { records, reports } = read(record({ img: { image: { path: join(dir, path) } }, loss: 0.5 }))
    t.strictSame([records[0]?.scalars, records[0]?.images], [[['loss', 0.5]], []], path)
    t.equal(reports.length, 1)
    t.ok(reports[0]?.startsWith('test: "img" is an image that cannot be read: '), reports.join())
    t.ok(reports[0]?.includes(reason), reports.join())
  }
  t.end()
})

t.test('readEvents rejects a path that is not a regular file', async (t) => {
  const dir = t.testdir({ folder: {} })
  makeFifo(join(dir, 'fifo'))
  symlinkSync('/dev/zero', join(dir, 'zero'))
  for (const [
    name,
    code,
  ] of [['fifo', 'EINVAL'], ['zero', 'EINVAL'], ['folder', 'EISDIR'], ['missing', 'ENOENT']] as const) // biome-ignore format: a table
    await t.rejects(readEvents(join(dir, name)).next(), { code }, name)
})

t.test('a pipe at the path of a CSV file does not block the flush, and is not replaced', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'metrics.csv')
  makeFifo(path)
  const stream = csvStream({ path })
  stream.write(record({ loss: 0.5 }))
  const fault = await new Promise<Error | undefined>((done) => stream.flush(done))
  t.match(fault, { code: 'EINVAL' })
  stream.end()
})
