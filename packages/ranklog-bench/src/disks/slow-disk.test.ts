import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { attachSlowDisk } from './slow-disk.ts'

const options = { bytes: 2 ** 25, bytesPerSecond: 4e6, dirtyBytes: 0 }

function mounted(folder: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(folder)
}

/** Returns the image files of all loop devices. */
function loopImages(): string[] {
  const files = readdirSync('/sys/block').map((device) => `/sys/block/${device}/loop/backing_file`)
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8').trim())
}

t.test(
  'a slow disk is mounted until it is detached, and then nothing of it is left',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const folder = t.testdir()
    const slow = attachSlowDisk(folder, options) // throws if the disk is faster than the limit
    if (typeof slow === 'string') {
      t.match(slow, /^needs /, slow)
    } else {
      t.ok(mounted(slow.dir))
      slow.detach()
    }
    t.notOk(mounted(folder))
    t.notOk(loopImages().includes(join(folder, 'slow.img')))
    t.notOk(existsSync(join(folder, 'slow.img')))
  },
)

t.test('if the slow disk cannot be made, nothing of it is left', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = t.testdir()
  t.match(attachSlowDisk(folder, { ...options, bytes: 4096 }), /^needs [^\n]+$/, 'too small for ext4')
  t.notOk(loopImages().includes(join(folder, 'slow.img')))
  t.notOk(existsSync(join(folder, 'slow.img')))
})
