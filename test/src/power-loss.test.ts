import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FileOptions, rank as fileRank } from 'pino-rank-file'
import { rank as splitRank } from 'pino-rank-split'
import t, { type Test } from 'tap'
import { startWriterThread } from '../../packages/pino-rank-file/dist/line-file/file-writer-thread.js'
import { startFileLogger } from './kit/file-logger.ts'
import { type Mounted, mountedCopy, mountedExt4 } from './kit/mounted.ts'

/** A real ext4 in an image. A copy of the image while it is in use is what a power loss leaves. */
const disk = mountedExt4(16)
const mounted = disk ? {} : { skip: 'no loop device, or no mkfs.ext4' }
if (disk) t.teardown(disk.unmount)

/** How often a test looks for a line that is synced in the background. */
const maxLosses = 20

const line = (msg: string) => `{"level":30,"msg":"${msg}"}\n`

/** Mounts what is on the disk now. */
function powerLoss(name: string): Mounted {
  const { image } = disk as Mounted
  const copy = `${image}.${name}`
  copyFileSync(image, copy)
  return mountedCopy(copy)
}

/** Logs the messages, and returns the file's text after a power loss, or the error code if the file is missing. */
async function afterPowerLoss(
  t: Test,
  name: string,
  options: Partial<FileOptions>,
  messages: string[],
): Promise<string> {
  const { dir } = disk as Mounted
  const sink = name.endsWith('.rank-0.log') ? 'split' : 'file'
  const path = join(dir, name.replace('.rank-0', ''))
  const logger = await startFileLogger(t, path, { flushMs: 60_000, ...options }, { sink })
  for (const message of messages) await logger.request(message)
  let text = textAfter(name)
  // a sync on another thread takes its time; without a sync the system writes the line only after seconds
  for (let loss = 1; options.fsync === 'interval' && text === '' && loss < maxLosses; loss++) {
    await logger.request('stats')
    text = textAfter(name)
  }
  logger.kill()
  await logger.exit
  return text
}

/** Returns the text of a file after a power loss, or the error code if it is missing. */
function textAfter(name: string): string {
  const after = powerLoss(name)
  try {
    return readFileSync(join(after.dir, name), 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code as string
  } finally {
    after.unmount()
  }
}

const declarations = { 'pino-rank-file': fileRank, 'pino-rank-split': splitRank }

for (const sink of ['pino-rank-file', 'pino-rank-split'] as const) {
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
    const options = { fsync: 'interval', fsyncMs: 1, flushBytes: 1 } as const
    const text = await afterPowerLoss(t, nameOf('interval'), options, ['1'])
    t.equal(text, line('1'))
  })

  t.test(`${sink}, fsync never: a power loss takes even flushed lines`, mounted, async (t) => {
    const text = await afterPowerLoss(t, nameOf('never'), {}, ['1', '2', 'flush'])
    t.not(text, line('1') + line('2'), 'otherwise the other tests prove nothing')
  })

  for (const fsync of ['flush', 'interval', 'never']) {
    const keeps = fsync === 'never' ? 'may take' : 'keeps'
    t.test(`${sink}, fsync ${fsync}: a power loss ${keeps} the error of a gated rank`, mounted, async (t) => {
      const { dir } = disk as Mounted
      const { append } = declarations[sink]
      const rank = { rank: 1, launcher: 'test', worldSize: 2 }
      const [path, options] = [`${sink}-error-${fsync}.log`, { fsync: fsync as 'flush' }]
      append?.({ path: join(dir, path), ...options }, rank)?.(line('1'))
      const after = powerLoss(path)
      t.teardown(after.unmount)
      const found = join(after.dir, sink === 'pino-rank-split' ? path.replace('.log', '.rank-1.log') : path)
      t.equal(existsSync(found) && readFileSync(found, 'utf8') === line('1'), fsync !== 'never')
    })
  }
}

t.test('a power loss keeps a batch that a writer thread was asked to sync', mounted, async (t) => {
  const { dir } = disk as Mounted
  const batches = { synced: true, unsynced: false }
  for (const [name, sync] of Object.entries(batches)) {
    const thread = startWriterThread({ path: join(dir, name), name: 'test', mkdir: true, mode: 0o640, durable: true })
    thread?.write(Buffer.from(line(name)), sync)
    t.match(thread?.wait(60_000), { taken: line(name).length })
    const after = powerLoss(name)
    t.teardown(after.unmount)
    const path = join(after.dir, name)
    t.equal(existsSync(path) && readFileSync(path, 'utf8') === line(name), sync, name)
    thread?.close()
  }
})
