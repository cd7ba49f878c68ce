/** Two files with the same inode number on different disks are different files. */
import { readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { mountedTmpfs } from './kit/mounted.ts'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const disks = [mountedTmpfs('size=64k'), mountedTmpfs('size=64k')].flatMap((disk) => disk ?? [])
t.teardown(() => disks.map(({ unmount }) => unmount()))
const mounted = disks.length === 2 ? {} : { skip: 'mounting a tmpfs takes root' }

const line = (rank: number, step: number) =>
  `{"level":30,"time":${1_700_000_000_000 + step},"rank":${rank},"step":${step}}\n`

/** Creates a log on each disk. They have the same inode number. */
function twins(t: Test, name: string, texts: readonly [string, string]): string[] {
  const paths = disks.map(({ dir }, at) => {
    const path = join(dir, name)
    writeFileSync(path, texts[at] as string)
    return path
  })
  const [one, two] = paths.map((path) => statSync(path))
  t.equal(one?.ino, two?.ino)
  t.not(one?.dev, two?.dev)
  return paths
}

/** Creates a symbolic link, or replaces one. */
function link(to: string, path: string): void {
  symlinkSync(to, `${path}.new`)
  renameSync(`${path}.new`, path)
}

t.test('AppendFile writes to the new file when a link changes its target', mounted, async (t) => {
  const [one = '', two = ''] = twins(t, 'append.log', ['', ''])
  const path = join(t.testdir(), 'train.log')
  const clock = new ManualClock()
  const file = new AppendFile({ path, mkdir: true, mode: 0o640 }, { clock })
  t.teardown(() => file.close())
  link(one, path)
  file.write(Buffer.from('first\n'))
  link(two, path)
  clock.pass(1000)
  file.write(Buffer.from('second\n'))
  t.strictSame([one, two].map((path) => readFileSync(path, 'utf8')), ['first\n', 'second\n']) // biome-ignore format: a line
})

t.test('merge prints both logs', mounted, async (t) => {
  const paths = twins(t, 'merge.log', [line(0, 1), line(1, 2)])
  const { code, stdout } = await ranklog(t, ['merge', ...paths])
  t.strictSame([code, stdout], [0, line(0, 1) + line(1, 2)])
})

t.test('tail continues with the new file when a link changes its target', mounted, async (t) => {
  const [one = '', two = ''] = twins(t, 'tail.log', [line(0, 1), line(0, 2)])
  const path = join(t.testdir(), 'train.log')
  link(one, path)
  const tail = startRanklog(t, ['tail', '--raw', path])
  await tail.stdout.until(/"step":1\}/)
  link(two, path)
  await tail.stdout.until(/"step":2\}/)
  tail.kill('SIGTERM')
  t.match(await tail.exit, { stdout: line(0, 1) + line(0, 2) })
})
