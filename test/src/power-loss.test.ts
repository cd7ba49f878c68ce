import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startFileLogger } from './kit/file-logger.ts'
import { mountedCopy, mountedExt4 } from './kit/mounted.ts'

/** A real ext4 in an image. A copy of the image while it is in use is what a power loss leaves. */
const disk = mountedExt4(16)
const mounted = disk ? {} : { skip: 'no loop device, or no mkfs.ext4' }
if (disk) t.teardown(disk.unmount)

const line = (msg: string) => `{"level":30,"msg":"${msg}"}\n`

/** Logs the messages, and returns the file's text after a power loss, or the error code if the file is missing. */
async function afterPowerLoss(t: Test, name: string, options: object, messages: string[]): Promise<string> {
  const { dir, image } = disk as NonNullable<typeof disk>
  const sink = name.endsWith('.rank-0.log') ? 'split' : 'file'
  const path = join(dir, name.replace('.rank-0', ''))
  const logger = await startFileLogger(t, path, { flushMs: 60_000, ...options }, { sink })
  for (const message of messages) await logger.request(message)
  const copy = `${image}.${name}`
  copyFileSync(image, copy)
  logger.kill()
  await logger.exit
  const after = mountedCopy(copy)
  try {
    return readFileSync(join(after.dir, name), 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code as string
  } finally {
    after.unmount()
  }
}

for (const sink of ['pino-rank-file', 'pino-rank-split']) {
  const nameOf = (name: string) => (sink === 'pino-rank-split' ? `${name}.rank-0.log` : `${name}.log`)

  t.test(`${sink}, fsync flush: a power loss keeps the flushed lines and the name of the file`, mounted, async (t) => {
    const text = await afterPowerLoss(t, nameOf('flush'), { fsync: 'flush' }, ['1', '2', 'flush', '3'])
    t.equal(text, line('1') + line('2'))
  })

  t.test(`${sink}, fsync flush: a power loss keeps a record of flushLevel and all before it`, mounted, async (t) => {
    const text = await afterPowerLoss(t, nameOf('level'), { fsync: 'flush', flushLevel: 'info' }, ['1', '2'])
    t.equal(text, line('1') + line('2'))
  })

  t.test(`${sink}, fsync interval: a power loss keeps the lines of past intervals`, mounted, async (t) => {
    const options = { fsync: 'interval', fsyncMs: 1, flushBytes: 1 }
    const text = await afterPowerLoss(t, nameOf('interval'), options, ['1', ...Array(200).fill('stats')])
    t.equal(text, line('1'))
  })

  t.test(`${sink}, fsync never: a power loss takes even flushed lines`, mounted, async (t) => {
    const text = await afterPowerLoss(t, nameOf('never'), {}, ['1', '2', 'flush'])
    t.not(text, line('1') + line('2'), 'otherwise the three tests above prove nothing')
  })
}
