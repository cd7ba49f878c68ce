import {
  closeSync,
  createReadStream,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { mountedTmpfs } from './kit/mounted.ts'
import { ranklog, ranklogCommand, startRanklog } from './kit/ranklog.ts'
import { base, folders, line, redirected, times } from './kit/ranklog-output.ts'
import { makeFifo } from './kit/run-command.ts'
import { runProcess } from './kit/start-process.ts'

t.test('invalid options keep an earlier output; a merge replaces it and keeps its mode', async (t) => {
  const { logs, out } = folders(t)
  const all = join(out, 'all.log')
  writeFileSync(all, 'earlier\n', { mode: 0o604 })
  for (const wrong of [
    ['--memory', '1'],
    ['--ranks', '7'],
    ['--since', 'soon'],
  ]) {
    t.match(await ranklog(t, ['merge', logs, '-o', all, ...wrong]), { code: 2 })
  }
  t.equal(readFileSync(all, 'utf8'), 'earlier\n')
  for (const wrong of [out, join(out, 'none', 'all.log'), join(all, 'all.log')]) {
    t.match(await ranklog(t, ['merge', logs, '-o', wrong]), { code: 2, stderr: /^ranklog: --output: E.*; use a file/ })
  }
  t.match(await ranklog(t, ['merge', logs, '-o', all]), { code: 0, stderr: '' })
  t.strictSame(times(readFileSync(all)), [1, 2, 3])
  t.equal(statSync(all).mode & 0o777, 0o604)
  t.strictSame(readdirSync(out), ['all.log'])
})

t.test('an output that is a named pipe or a device is written to directly', async (t) => {
  const { logs, out } = folders(t)
  const pipe = join(out, 'pipe')
  makeFifo(pipe)
  const written = ranklog(t, ['merge', logs, '-o', pipe])
  t.strictSame(times(await text(createReadStream(pipe))), [1, 2, 3])
  t.match(await written, { code: 0, stderr: '' })
  t.match(await ranklog(t, ['merge', logs, '-o', '/dev/null']), { code: 0, stderr: '' })
  t.ok(statSync(pipe).isFIFO())
})

t.test('a signal in a merge leaves no temporary file, and the earlier output stays', async (t) => {
  const { out } = folders(t)
  const source = join(dirname(out), 'source.log')
  makeFifo(source)
  const all = join(out, 'all.log')
  writeFileSync(all, 'earlier\n')
  const child = startRanklog(t, ['merge', source, '-o', all])
  const fd = openSync(source, 'w') // merge opens its output before its sources, so the output is open now
  const lines = line(0, 1).repeat(1000)
  writeSync(fd, lines)
  t.equal(readdirSync(out).length, 2)
  child.kill('SIGTERM')
  try {
    for (;;) writeSync(fd, lines)
  } catch (error) {
    t.match(error, { code: 'EPIPE' })
  }
  closeSync(fd)
  t.match(await child.exit, { code: null, signal: 'SIGTERM' })
  t.strictSame([readdirSync(out), readFileSync(all, 'utf8')], [['all.log'], 'earlier\n'])
})

/** Creates a log that is larger than a pipe and the disk below. */
function largeLog(t: Test): { path: string; text: Buffer } {
  const text = Buffer.from(
    Array.from({ length: 10_000 }, (_, n) => `{"level":30,"time":${base + n},"fill":"${'x'.repeat(54)}"}\n`).join(''),
  )
  const path = join(t.testdir({ 'a.log': text }), 'a.log')
  return { path, text }
}

const disk = mountedTmpfs('size=512k')
t.teardown(() => disk?.unmount())
const mounted = disk ? {} : { skip: 'mounting a tmpfs takes root' }

t.test('a full disk is reported with exit code 1, and the earlier output stays', mounted, async (t) => {
  const { path } = largeLog(t)
  const all = join(disk?.dir as string, 'all.log')
  for (const way of [[], ['--dedup'], ['--level', 'info']]) {
    for (const earlier of [undefined, 'earlier\n']) {
      if (earlier) writeFileSync(all, earlier)
      const { code, stderr } = await ranklog(t, ['merge', path, '-o', all, ...way])
      t.match([code, stderr], [1, /^ranklog: ENOSPC: .*all\.log/])
      t.strictSame(readdirSync(dirname(all)), earlier ? ['all.log'] : [])
      if (earlier) t.equal(readFileSync(all, 'utf8'), earlier)
    }
    t.match(await redirected(t, ['merge', path, ...way], all, 'w'), { code: 1, stderr: /ENOSPC/ })
    rmSync(all)
  }
})

t.test('merge writes every byte to a non-blocking pipe', async (t) => {
  const { path, text } = largeLog(t)
  const pipe = join(dirname(path), 'pipe')
  makeFifo(pipe)
  // A Node socket makes the pipe non-blocking for all processes that share it.
  const unblock = 'new (require("node:net").Socket)({ fd: 3, readable: false })'
  const script = `"$0" -e '${unblock}' 3>&1 && exec "$@"`
  for (const way of [[], ['--dedup'], ['--level', 'info']]) {
    const reading = buffer(createReadStream(pipe))
    const fd = openSync(pipe, 'r+')
    const command = ['sh', '-c', script, process.execPath, ...ranklogCommand, 'merge', path, ...way]
    t.match(await runProcess(t, command, { stdout: fd }), { code: 0, stderr: '' })
    closeSync(fd)
    t.ok((await reading).equals(text), `${way}`)
  }
})
