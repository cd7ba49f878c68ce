import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { systemClock } from '../writer/clock.ts'
import { Housekeeper, packAfterMs } from './housekeeper.ts'
import type { RotateOptions } from './rotate-options.ts'
import { rotatedFiles } from './rotated-files.ts'

/** A folder with a log and what else is given, kept by a clock that is `ahead` ms of the files. */
function kept(t: Test, rotate: RotateOptions, files: Record<string, string>, ahead = 60_000) {
  const dir = t.testdir({ 'train.log': 'now\n', ...files })
  const failed = (error: Error) => {
    throw error
  }
  const settings = { atStart: false, names: 'numbered', gzip: false, own: true, ...rotate } as const
  const options = { clock: systemClock, wall: () => Date.now() + ahead, failed }
  const keeper = new Housekeeper(join(dir, 'train.log'), settings, options)
  const alive = setInterval(() => {}, 60_000) // the keeper itself keeps no process alive
  t.teardown(() => clearInterval(alive))
  return { dir, run: () => keeper.run(), names: () => readdirSync(dir).sort() }
}

const three = { 'train.log.9': 'a\n', 'train.log.10': 'b\n', 'train.log.11': 'c\n' }

t.test('deletes the oldest, and nothing that is not exactly ours', async (t) => {
  const others = {
    'train.log.x': '',
    'train.log.1.bak': '',
    'train.log.01': '',
    'train.log2.1': '',
    'a.train.log.1': '',
  }
  const { run, names } = kept(t, { keepFiles: 1 }, { ...three, ...others })
  t.equal(await run(), undefined)
  t.strictSame(names(), [...Object.keys(others), 'train.log', 'train.log.11'].sort())
})

t.test('compresses all but the newest, several MiB too', async (t) => {
  const long = 'a line of some length\n'.repeat(150_000)
  const { dir, run, names } = kept(t, { gzip: true }, { ...three, 'train.log.10': long })
  await run()
  t.strictSame(names(), ['train.log', 'train.log.10.gz', 'train.log.11', 'train.log.9.gz'])
  t.ok(gunzipSync(readFileSync(join(dir, 'train.log.10.gz'))).toString() === long, 'every byte')
  t.strictSame(
    rotatedFiles(join(dir, 'train.log')),
    ['train.log.9.gz', 'train.log.10.gz', 'train.log.11', 'train.log'].map((name) => join(dir, name)),
  )
})

t.test('waits for a writer that is late', async (t) => {
  const { run, names } = kept(t, { gzip: true }, three, 0)
  t.equal(await run(), packAfterMs)
  t.strictSame(names(), ['train.log', ...Object.keys(three)].sort())
})

t.test('what a dead one left: a plain file beside its .gz goes, so does an old temporary file', async (t) => {
  const left = '.train.log.pack-train.log.9-1-00000000'
  const { dir, run, names } = kept(t, { gzip: true }, { ...three, 'train.log.10.gz': 'whole', [left]: 'half' }, 70_000)
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
})

t.test('a file that another one is compressing is left to it', async (t) => {
  const { run, names } = kept(t, { gzip: true }, { ...three, '.train.log.pack-train.log.9-1-00000000': 'half' }, 30_000)
  t.equal(await run(), 60_000)
  t.strictSame(names().includes('train.log.9'), true)
})
