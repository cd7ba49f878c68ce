/** Files that another program replaces before or while we open them. Each check is tested without the help of the other ones. */
import fs, { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readProcessStat, thisProcess } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { isOurs, runMarkName } from '../../packages/pino-rank-file/dist/run-directory/run-mark.js'
import { otherWriter } from '../../packages/pino-rank-lines/dist/system/file-claim.js'
import { openRegularFile } from '../../packages/pino-rank-lines/dist/system/regular-file.js'
import { makeFifo } from './kit/run-command.ts'

/** Calls `replace` after the next look-up of a path's state. */
function afterStat(t: Test, replace: (path: string) => void): void {
  const calling: { statSync: unknown } = fs
  const real = fs.statSync
  const restore = () => {
    calling.statSync = real
    syncBuiltinESMExports()
  }
  calling.statSync = (path: string) => {
    const found = real(path)
    restore()
    replace(path)
    return found
  }
  syncBuiltinESMExports()
  t.teardown(restore)
}

for (const [kind, make, code] of [
  ['a folder', (path: string) => mkdirSync(path), 'EISDIR'],
  ['a FIFO', makeFifo, 'EINVAL'],
] as const)
  t.test(`${kind} that replaces a regular file before it is opened is refused, and does not block`, async (t) => {
    const path = join(t.testdir({ file: 'text' }), 'file')
    afterStat(t, () => {
      rmSync(path)
      make(path)
    })
    t.throws(() => openRegularFile(path), { code })
  })

t.test('a file that is not regular is not opened', async (t) => {
  const path = join(fs.mkdtempSync(join(tmpdir(), 'rf-')), 'socket') // short: the address of a Unix socket is limited
  t.teardown(() => rmSync(join(path, '..'), { recursive: true }))
  const server = createServer()
  await new Promise<void>((listening) => server.listen(path, listening))
  t.teardown(() => server.close())
  t.throws(() => openRegularFile(path), { code: 'EINVAL' }, 'opening a socket would fail with ENXIO')
})

t.test('a FIFO in the place of a run mark or of a CSV claim blocks no process', async (t) => {
  const dir = t.testdir()
  const { uid } = statSync(dir)
  makeFifo(join(dir, runMarkName))
  t.equal(isOurs(dir, { runKey: 'a', attempt: 0, isReusable: false, oneHost: true }, uid, Date.now), false)
  makeFifo(join(dir, '.metrics.csv.writer'))
  t.equal(otherWriter(join(dir, 'metrics.csv')), undefined)
})

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux shows when a process started' }

t.test('a CSV claim of more than 4 KiB is not read', linux, async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'metrics.csv')
  const parent = { ...thisProcess(), pid: process.ppid, startTime: readProcessStat(process.ppid)?.startTime }
  for (const [padding, holder] of [
    ['', process.ppid],
    [' '.repeat(4096), undefined],
  ] as const) {
    writeFileSync(join(dir, '.metrics.csv.writer'), JSON.stringify(parent) + padding)
    t.equal(otherWriter(path)?.pid, holder)
  }
})
