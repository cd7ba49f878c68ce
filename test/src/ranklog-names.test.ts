import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { ranklog } from './kit/ranklog.ts'
import { makeFifo } from './kit/run-command.ts'

const line = (rank: number, time: number) => `${JSON.stringify({ level: 30, time: 1_700_000_000_000 + time, rank })}\n`

/** Creates a folder with two ranks, one of them rotated. */
function folder(t: Test): { logs: string; log: string; whole: string } {
  const [first, second, third] = [line(0, 1), line(1, 2), line(0, 3)]
  const logs = t.testdir({ 'train.rank-0.log.1': first, 'train.rank-0.log': third, 'train.rank-1.log': second })
  return { logs, log: join(logs, 'train.rank-0.log'), whole: first + second + third }
}

t.test('a log that several arguments name is merged once', async (t) => {
  const { logs, log, whole } = folder(t)
  const near = relative('.', logs)
  for (const paths of [
    [logs, log],
    [log, logs],
    [logs, near],
    [near, `${logs}/../${relative(join(logs, '..'), logs)}/train.rank-1.log`],
    [logs, join(near, '*.log')],
  ]) {
    const { code, stdout } = await ranklog(t, ['merge', ...paths])
    t.strictSame([code, stdout], [0, whole], paths.join(' '))
  }
})

t.test('a link next to its log is not read again, and a link as the only argument is read', async (t) => {
  const { logs, log, whole } = folder(t)
  symlinkSync('train.rank-0.log', join(logs, 'current.log'))
  symlinkSync('train.rank-1.log', join(logs, 'another.rank-1.log'))
  t.equal((await ranklog(t, ['merge', logs])).stdout, whole)
  const { stdout } = await ranklog(t, ['status', '--json', logs])
  const rows = stdout.trimEnd().split('\n')
  t.strictSame(
    rows.map((row) => JSON.parse(row).rank),
    ['0', '1'],
  )
  t.equal((await ranklog(t, ['merge', join(logs, 'current.log')])).stdout, readFileSync(log, 'utf8'))
})

t.test('a log with two hard links, which a kill in a rotation leaves, is merged once', async (t) => {
  const { logs, log, whole } = folder(t)
  linkSync(log, `${log}.2`)
  t.equal((await ranklog(t, ['merge', logs])).stdout, whole)
  linkSync(join(logs, 'train.rank-1.log'), join(logs, 'other.log'))
  t.equal((await ranklog(t, ['merge', logs])).stdout, whole)
  writeFileSync(join(logs, 'copy.log'), line(2, 4))
  t.equal((await ranklog(t, ['merge', logs])).stdout, whole + line(2, 4), 'another file is another log')
})

t.test('merge and status do not wait for a pipe in the folder, or for a link to one', async (t) => {
  const { logs, whole } = folder(t)
  makeFifo(join(logs, 'fifo.log'))
  symlinkSync('fifo.log', join(logs, 'link.log'))
  symlinkSync('.', join(logs, 'folder.log'))
  const { code, stdout, stderr } = await ranklog(t, ['merge', logs])
  t.strictSame([code, stdout, stderr], [0, whole, ''])
  const rows = (await ranklog(t, ['status', '--json', logs])).stdout.trimEnd().split('\n')
  t.strictSame(
    rows.map((row) => JSON.parse(row).rank),
    ['0', '1'],
  )
})
