import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { type GzipDisk, systemGzipDisk } from './gzip-disk.ts'
import { gzipFile } from './gzip-file.ts'

/** Returns the real disk, which records its calls and runs a hook before each. */
function recordingDisk(before: (call: string) => void = () => {}): { disk: GzipDisk; calls: string[] } {
  const calls: string[] = []
  const call = (what: string) => {
    before(what)
    calls.push(what)
  }
  const kind = (path: string) => (basename(path).startsWith('.') ? 'temporary' : basename(path))
  const disk: GzipDisk = {
    ...systemGzipDisk,
    async create(path, mode) {
      const file = await systemGzipDisk.create(path, mode)
      return {
        stat: file.stat.bind(file),
        read: file.read.bind(file),
        writeFile(data) {
          call('write')
          return file.writeFile(data)
        },
        datasync() {
          call('datasync')
          return file.datasync()
        },
        close: file.close.bind(file),
      }
    },
    link(path, second) {
      call(`link ${kind(path)} ${kind(second)}`)
      return systemGzipDisk.link(path, second)
    },
    unlink(path) {
      call(`unlink ${kind(path)}`)
      return systemGzipDisk.unlink(path)
    },
  }
  return { disk, calls }
}

function log(t: Test, text: string) {
  const dir = t.testdir({ 'train.log.1': text })
  const alive = setInterval(() => {}, 60_000) // compression does not keep the process alive by itself
  t.teardown(() => clearInterval(alive))
  return { dir, path: join(dir, 'train.log.1'), prefix: join(dir, '.train.log.pack-') }
}

t.test('an empty file, which a rank that died in a rotation may leave, becomes a valid gzip file', async (t) => {
  const { path, prefix } = log(t, '')
  t.equal(await gzipFile(path, prefix), 'done')
  t.equal(gunzipSync(readFileSync(`${path}.gz`)).toString(), '')
})

t.test('the compressed file is synced before the plain file is removed', async (t) => {
  const { dir, path, prefix } = log(t, 'a\n')
  const { disk, calls } = recordingDisk()
  t.equal(await gzipFile(path, prefix, disk), 'done')
  const order = ['write', 'datasync', 'link temporary train.log.1.gz', 'unlink train.log.1', 'unlink temporary']
  t.strictSame(calls, order)
  t.strictSame(readdirSync(dir), ['train.log.1.gz'])
  t.equal(gunzipSync(readFileSync(`${path}.gz`)).toString(), 'a\n')
})

for (const moment of ['write', 'datasync']) {
  t.test(`a line written before the ${moment} of the compressed file is not lost`, async (t) => {
    const { dir, path, prefix } = log(t, '')
    writeFileSync(path, 'x'.repeat(2 ** 20)) // small enough to be read in one piece
    let hasAppended = false
    const { disk } = recordingDisk((call) => {
      if (call === moment && !hasAppended) appendFileSync(path, 'late\n')
      hasAppended ||= call === moment
    })
    const outcome = await gzipFile(path, prefix, disk)
    const text = readFileSync(outcome === 'done' ? `${path}.gz` : path)
    t.equal((outcome === 'done' ? gunzipSync(text) : text).toString().slice(2 ** 20), 'late\n')
    t.equal(outcome, moment === 'datasync' ? 'late' : 'done')
    t.equal(readdirSync(dir).length, 1)
  })
}

t.test('the plain file stays if the sync fails', async (t) => {
  const { dir, path, prefix } = log(t, 'a\n')
  const { disk } = recordingDisk((call) => {
    if (call === 'datasync') throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
  })
  await t.rejects(gzipFile(path, prefix, disk), { code: 'EIO' })
  t.strictSame(readdirSync(dir), ['train.log.1'])
})

t.test('a file that another process has compressed or removed meanwhile is not touched', async (t) => {
  const { dir, path, prefix } = log(t, 'a\n')
  const { disk } = recordingDisk((call) => {
    if (call === 'datasync') writeFileSync(`${path}.gz`, 'theirs')
  })
  t.equal(await gzipFile(path, prefix, disk), 'busy')
  t.strictSame(readdirSync(dir), ['train.log.1', 'train.log.1.gz'])
  t.equal(readFileSync(`${path}.gz`, 'utf8'), 'theirs')
  t.equal(await gzipFile(join(dir, 'train.log.9'), prefix, disk), 'done')
})
