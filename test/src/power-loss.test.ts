import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { mountedCopy, mountedExt4 } from './kit/mounted.ts'
import { spokenLogger } from './kit/spoken-logger.ts'

/** What a disk holds when the power goes: the image of a real ext4, copied while it is in use, and mounted again. */
const disk = mountedExt4(16)
const mounted = disk ? {} : { skip: 'no loop device, or no mkfs.ext4' }
if (disk) t.teardown(disk.unmount)

const line = (msg: string) => `{"level":30,"msg":"${msg}"}\n`

async function afterPowerLoss(name: string, options: object, say: string[]): Promise<string> {
  const { dir, image } = disk as NonNullable<typeof disk>
  const { child, say: tell, ended } = await spokenLogger(join(dir, name), { flushMs: 60_000, ...options })
  for (const message of say) await tell(message)
  const copy = `${image}.${name}`
  copyFileSync(image, copy)
  child.kill('SIGKILL')
  await ended
  const after = mountedCopy(copy)
  try {
    return readFileSync(join(after.dir, name), 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code as string
  } finally {
    after.unmount()
  }
}

t.test('fsync flush: what was flushed is on the disk, and the name of its file', mounted, async (t) => {
  const text = await afterPowerLoss('flush.log', { fsync: 'flush' }, ['1', '2', 'flush', '3'])
  t.equal(text, line('1') + line('2'))
})

t.test('fsync flush: so is an error, and all before it', mounted, async (t) => {
  const text = await afterPowerLoss('level.log', { fsync: 'flush', flushLevel: 'info' }, ['1', '2'])
  t.equal(text, line('1') + line('2'))
})

t.test('fsync interval: after the interval', mounted, async (t) => {
  const options = { fsync: 'interval', fsyncMs: 1, flushBytes: 1 }
  const text = await afterPowerLoss('interval.log', options, ['1', ...Array(200).fill('stats')])
  t.equal(text, line('1'))
})

t.test('fsync never: not even what was flushed, unless the system got to it', mounted, async (t) => {
  const text = await afterPowerLoss('never.log', {}, ['1', '2', 'flush'])
  t.not(text, line('1') + line('2'), 'or the three above show nothing')
})
