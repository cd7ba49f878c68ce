/** Two files with the same inode number on different disks are different files. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RowFile } from '../../packages/pino-csv-metrics/dist/row-file.js'
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

t.test('a CSV file whose link changes its target gets the columns of the new file', mounted, async (t) => {
  const [one = '', two = ''] = twins(t, 'rows.csv', ['a\r\n', 'b\r\n1\r\n'])
  const path = join(t.testdir(), 'metrics.csv')
  link(one, path)
  const file = new RowFile(0o640, (report) => t.fail(report))
  file.append(path, [new Map([['a', '1']])])
  t.equal(readFileSync(one, 'utf8'), 'a\r\n1\r\n', 'as long as the other file')
  link(two, path)
  file.append(path, [new Map([['a', '2']])])
  t.equal(readFileSync(path, 'utf8'), 'a,b\r\n,1\r\n2,\r\n')
})

t.test('merge prints both logs', mounted, async (t) => {
  const paths = twins(t, 'merge.log', [line(0, 1), line(1, 2)])
  const { code, stdout } = await ranklog(t, ['merge', ...paths])
  t.strictSame([code, stdout], [0, line(0, 1) + line(1, 2)])
})

t.test('merge writes to a folder with the same inode as the folder that it reads', mounted, async (t) => {
  const [logs = '', other = ''] = disks.map(({ dir }) => join(dir, 'logs'))
  for (const folder of [logs, other]) mkdirSync(folder)
  t.equal(statSync(logs).ino, statSync(other).ino)
  writeFileSync(join(logs, 'train.log'), line(0, 1))
  t.match(await ranklog(t, ['merge', logs, '-o', join(other, 'all.log')]), { code: 0, stderr: '' })
  t.equal(readFileSync(join(other, 'all.log'), 'utf8'), line(0, 1))
})

t.test('a report goes to stderr, although stdout is a file with the same inode', mounted, async (t) => {
  const paths = twins(t, 'output', ['', ''])
  const [stdout = 0, stderr = 0] = paths.map((path) => openSync(path, 'a'))
  t.match(await ranklog(t, ['merge', join(t.testdir(), 'missing')], { stdout, stderr }), { code: 2 })
  for (const fd of [stdout, stderr]) closeSync(fd)
  t.match(paths.map((path) => readFileSync(path, 'utf8')), ['', /missing: no such file/]) // biome-ignore format: a line
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
