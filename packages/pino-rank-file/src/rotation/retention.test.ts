import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { systemClock } from 'pino-rank-lines/system'
import t, { type Test } from 'tap'
import { appendSink } from '../line-file/append-sink.ts'
import { gzipAfterMs, Retention } from './retention.ts'
import type { RotateOptions } from './rotate-options.ts'
import { rotatedFiles } from './rotated-files.ts'

/** Returns a folder with a log and these files, and a retention whose clock is `ahead` ms ahead of the files. */
function logFolder(t: Test, rotate: RotateOptions, files: Record<string, string>, ahead = 60_000) {
  const dir = t.testdir({ 'train.log': 'now\n', ...files })
  const onError = (error: Error) => {
    throw error
  }
  const settings = { atStart: false, names: 'numbered', gzip: false, own: true, ...rotate } as const
  const options = { clock: systemClock, fileTime: () => Date.now() + ahead, onError }
  const retention = new Retention(join(dir, 'train.log'), settings, options)
  const alive = setInterval(() => {}, 60_000) // retention does not keep the process alive
  t.teardown(() => clearInterval(alive))
  return { dir, retention, run: () => retention.run(), names: () => readdirSync(dir).sort() }
}

const three = { 'train.log.9': 'a\n', 'train.log.10': 'b\n', 'train.log.11': 'c\n' }

t.test('the oldest rotated files are deleted, and no file whose name has another form', async (t) => {
  const others = {
    'train.log.x': '',
    'train.log.1.bak': '',
    'train.log.01': '',
    'train.log2.1': '',
    'a.train.log.1': '',
  }
  const { run, names } = logFolder(t, { keepFiles: 1 }, { ...three, ...others })
  t.equal(await run(), undefined)
  t.strictSame(names(), [...Object.keys(others), 'train.log', 'train.log.11'].sort())
})

t.test('all rotated files but the newest are compressed, also files of several MiB', async (t) => {
  const long = 'a line of some length\n'.repeat(150_000)
  const { dir, run, names } = logFolder(t, { gzip: true }, { ...three, 'train.log.10': long })
  await run()
  t.strictSame(names(), ['train.log', 'train.log.10.gz', 'train.log.11', 'train.log.9.gz'])
  t.ok(gunzipSync(readFileSync(join(dir, 'train.log.10.gz'))).toString() === long, 'every byte')
  t.strictSame(
    rotatedFiles(join(dir, 'train.log')),
    ['train.log.9.gz', 'train.log.10.gz', 'train.log.11', 'train.log'].map((name) => join(dir, name)),
  )
})

t.test('a file is not compressed while a late writer may still append to it', async (t) => {
  const { run, names } = logFolder(t, { gzip: true }, three, 0)
  t.equal(await run(), gzipAfterMs)
  t.strictSame(names(), ['train.log', ...Object.keys(three)].sort())
})

t.test(
  'the leftovers of a dead process are deleted: a plain file that exists as .gz, and an old temporary file',
  async (t) => {
    const temporary = '.train.log.pack-train.log.9-1-00000000'
    const { dir, run, names } = logFolder(
      t,
      { gzip: true },
      { ...three, 'train.log.10.gz': 'whole', [temporary]: 'half' },
      70_000,
    )
    writeFileSync(join(dir, '.train.log.pack-train.log.3-2-00000000'), 'young')
    utimesSync(join(dir, '.train.log.pack-train.log.3-2-00000000'), new Date(), new Date(Date.now() + 60_000))
    await run()
    t.strictSame(names(), [
      '.train.log.pack-train.log.3-2-00000000',
      'train.log',
      'train.log.10.gz',
      'train.log.11',
      'train.log.9.gz',
    ])
  },
)

t.test('a file that another process is compressing is not touched', async (t) => {
  const { run, names } = logFolder(
    t,
    { gzip: true },
    { ...three, '.train.log.pack-train.log.9-1-00000000': 'half' },
    30_000,
  )
  t.equal(await run(), 60_000)
  t.strictSame(names().includes('train.log.9'), true)
})

t.test('end() deletes at once what was requested, and does nothing without a request', async (t) => {
  const { dir, retention, names } = logFolder(t, { keepFiles: 1 }, three)
  retention.end()
  t.equal(names().length, 4, 'nothing was requested')
  retention.request()
  retention.end()
  t.strictSame(names(), ['train.log', 'train.log.11'])
  writeFileSync(join(dir, 'train.log.12'), 'd\n')
  retention.end()
  t.equal(names().length, 3, 'nothing was requested again')
})

t.test('end() deletes what a writer thread has not deleted yet', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const rotation = { atStart: false, names: 'numbered', gzip: false, own: false, maxBytes: 1, keepFiles: 1 } as const
  const settings = { name: 'test', path, mkdir: true, mode: 0o640, durable: false, rotation }
  const [file, thread] = [appendSink(settings), appendSink(settings)]
  file.write(Buffer.from('1\n'))
  file.release()
  for (const line of ['2', '3', '4']) thread.write(Buffer.from(`${line}\n`))
  t.equal(rotatedFiles(path).length, 4)
  file.end()
  t.strictSame(rotatedFiles(path), [`${path}.3`, path])
  thread.close()
})

t.test('end() deletes what an interrupted run has not deleted yet', async (t) => {
  const { retention, run, names } = logFolder(t, { keepFiles: 1 }, three)
  retention.request()
  const running = run()
  retention.end()
  t.strictSame(names(), ['train.log', 'train.log.11'])
  await running
})

t.test('end() deletes the oldest files first, for a second at most', async (t) => {
  const dir = t.testdir({ 'train.log': 'now\n', ...three })
  let now = 0
  const clock = { ...systemClock, now: () => (now += 400), after: () => () => {} } // each call takes 400 ms
  const onError = (error: Error) => t.fail(error.message)
  const settings = { atStart: false, names: 'numbered', gzip: false, own: true, keepFiles: 1 } as const
  const files = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`train.log.${i + 20}`, 'x\n']))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  const retention = new Retention(join(dir, 'train.log'), settings, { clock, fileTime: Date.now, onError })
  retention.request()
  retention.end()
  t.strictSame(
    readdirSync(dir)
      .filter((name) => three[name as keyof typeof three])
      .sort(),
    ['train.log.11'],
  )
  t.equal(readdirSync(dir).length, 11)
})

t.test('planted symbolic links are neither followed nor deleted, and do not cause the loss of a file', async (t) => {
  const { dir, retention, run, names } = logFolder(t, { gzip: true, keepFiles: 3 }, three, 10_000)
  mkdirSync(join(dir, 'out'))
  writeFileSync(join(dir, 'out', 'secret'), 'secret\n')
  const planted = ['train.log.3', 'train.log.9.gz', 'train.log.10.gz.gz', '.train.log.pack-train.log.5-1-0']
  for (const name of planted) symlinkSync('out/secret', join(dir, name))
  await run()
  retention.request()
  retention.end()
  const mine = ['train.log', 'train.log.10.gz', 'train.log.11', 'train.log.9']
  t.strictSame(names(), ['out', ...planted, ...mine].sort())
  t.strictSame(readdirSync(join(dir, 'out')), ['secret'])
  t.equal(readFileSync(join(dir, 'out', 'secret'), 'utf8'), 'secret\n')
  t.equal(
    readFileSync(join(dir, 'train.log.9'), 'utf8'),
    'a\n',
    'a .gz that is a symbolic link does not count as a compressed file',
  )
})

for (const way of ['run', 'end'] as const) {
  t.test(`with a fixed folder, ${way}() works inside of it, and touches nothing behind a symbolic link`, async (t) => {
    const dir = t.testdir({ in: { logs: { 'train.log': 'now\n', ...three } }, out: { 'train.log': 'now\n', ...three } })
    const failures: Error[] = []
    const settings = { atStart: false, names: 'numbered', gzip: true, own: true, keepFiles: 2 } as const
    const options = { clock: systemClock, fileTime: () => Date.now() + 60_000, within: join(dir, 'in') }
    const onError = (error: Error) => failures.push(error)
    const retention = new Retention(join(dir, 'in/logs/train.log'), settings, { ...options, onError })
    const alive = setInterval(() => {}, 60_000) // retention does not keep the process alive
    t.teardown(() => clearInterval(alive))
    const work = async () => {
      if (way === 'run') return void (await retention.run()) // a request would start a second run
      retention.request()
      retention.end()
    }
    await work()
    const extension = way === 'run' ? '.gz' : ''
    t.strictSame(readdirSync(join(dir, 'in/logs')).sort(), [`train.log`, `train.log.10${extension}`, 'train.log.11'])
    t.strictSame(failures, [])
    renameSync(join(dir, 'in/logs'), join(dir, 'in/old'))
    symlinkSync('../out', join(dir, 'in/logs'))
    await work()
    t.strictSame(readdirSync(join(dir, 'out')).sort(), ['train.log', ...Object.keys(three)].sort())
    t.match(failures, [{ code: 'ELOOP', message: /a symbolic link leads out of .*\/in$/ }])
  })
}
