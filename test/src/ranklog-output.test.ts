import {
  closeSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { mountedTmpfs } from './kit/mounted.ts'
import { ranklog, ranklogCommand, startRanklog } from './kit/ranklog.ts'
import { makeFifo } from './kit/run-command.ts'
import { type Exit, runProcess } from './kit/start-process.ts'

const base = 1_700_000_000_000
const line = (rank: number, time: number) => `${JSON.stringify({ level: 30, time: base + time, rank })}\n`
const times = (text: Buffer | string) =>
  [...String(text).matchAll(/"time":(\d+)/g)].map(([, time]) => Number(time) - base)

/** Creates a folder `logs` with two ranks, one of them rotated, and a folder `out`. */
function folders(t: Test): { logs: string; out: string; log: string } {
  const dir = t.testdir({
    logs: { 'train.rank-0.log.1': line(0, 1), 'train.rank-0.log': line(0, 3), 'train.rank-1.log': line(1, 2) },
    out: {},
  })
  const [logs, out] = [join(dir, 'logs'), join(dir, 'out')]
  return { logs, out, log: join(logs, 'train.rank-0.log') }
}

/** Runs a merge whose stdout is a file. */
function redirected(t: Test, args: string[], file: string, flags = 'a'): Promise<Exit> {
  const fd = openSync(file, flags)
  const { exit } = startRanklog(t, args, { stdout: fd })
  closeSync(fd)
  return exit
}

t.test('an output that is an input under any name is refused, and nothing is lost', async (t) => {
  const { logs, out, log } = folders(t)
  const before = readFileSync(log, 'utf8')
  linkSync(log, join(out, 'hard'))
  symlinkSync(log, join(out, 'soft'))
  symlinkSync('soft', join(out, 'softer'))
  symlinkSync(logs, join(out, 'folder'))
  writeFileSync(join(out, 'new.log'), line(2, 4))
  writeFileSync(join(logs, 'rank.json'), JSON.stringify({ version: 1, rank: 0, files: ['train.rank-0.log'] }))
  const outputs = [
    log,
    join(logs, '..', 'logs', 'train.rank-0.log'),
    join(out, 'hard'),
    join(out, 'soft'),
    join(out, 'softer'),
    join(out, 'folder', 'train.rank-0.log'),
  ]
  const inputs = [[log, join(out, 'new.log')], [join(out, 'softer')], [join(logs, '*.log')]]
  const pairs = [...outputs.map((output) => [[log], output] as const), ...inputs.map((paths) => [paths, log] as const)]
  for (const [paths, output] of pairs) {
    const { code, stderr } = await ranklog(t, ['merge', ...paths, '-o', output])
    t.match(stderr, /^ranklog: --output: .* is .*read; name a file outside\n$/)
    t.equal(code, 2, `${paths} -o ${output}`)
  }
  const others: [string, string][] = [
    [log, `${log}.1`], // a rotated file that is there
    [log, `${log}.2`], // one that would be
    [log, `${log}.7.gz`],
    [join(logs, 'rank.json'), join(logs, 'rank.json')],
    [join(logs, '*.json'), join(logs, 'rank.json')],
  ]
  for (const [path, output] of others) {
    const { code, stderr } = await ranklog(t, ['merge', path, '-o', output, '--force'])
    t.match([code, stderr], [2, /^ranklog: --output: .*; name a file outside\n$/], `${path} -o ${output}`)
  }
  t.strictSame(readdirSync(logs).sort(), ['rank.json', 'train.rank-0.log', 'train.rank-0.log.1', 'train.rank-1.log'])
  t.equal(readFileSync(log, 'utf8'), before)
  t.strictSame(times((await ranklog(t, ['merge', log])).stdout), [1, 3])
})

t.test('merge, tail and status refuse a stdout that is one of the logs', async (t) => {
  const { logs, out, log } = folders(t)
  for (const args of [
    ['merge', logs],
    ['tail', logs],
    ['status', logs],
    ['merge', logs, '-o', '/dev/stdout'],
  ]) {
    for (const file of [log, join(logs, 'all.log')]) {
      const { code, stderr } = await redirected(t, args, file)
      t.match([code, stderr], [2, /(stdout) is .*read; name a file outside\n$/], `${args} > ${file}`)
    }
  }
  t.equal(readFileSync(log, 'utf8'), line(0, 3))
  t.match(await ranklog(t, ['status', '--plot', log, logs]), { code: 2, stderr: /name a file outside/ })
  const all = join(out, 'all.log')
  writeFileSync(all, 'before\n')
  for (const args of [
    ['merge', logs],
    ['merge', logs, '-o', '/dev/stdout'],
  ]) {
    t.match(await redirected(t, args, all), { code: 0, stderr: '' })
  }
  t.strictSame(times(readFileSync(all)), [1, 2, 3, 1, 2, 3], 'appended to, as the shell opened it')
  t.match(readFileSync(all, 'utf8'), /^before\n/)
})

t.test('an output in a folder that is read is refused under any name of the folder', async (t) => {
  const { logs, out } = folders(t)
  symlinkSync(logs, join(out, 'folder'))
  symlinkSync(join(logs, 'dangling.log'), join(out, 'dangling'))
  mkdirSync(join(logs, 'attempt-1'))
  const outputs = ['all.log', 'all.txt', join('attempt-1', 'all.log')].map((name) => join(logs, name))
  for (const output of [...outputs, join(out, 'folder', 'all.log'), join(out, 'dangling')]) {
    const { code, stderr } = await ranklog(t, ['merge', logs, '-o', output])
    t.match([code, stderr], [2, /^ranklog: --output: .* is in .*; name a file outside, or .* --force\n$/], output)
    t.notOk(existsSync(output))
  }
  t.match(await ranklog(t, ['merge', join(out, 'folder'), '-o', join(logs, 'all.log')]), { code: 2 })
  mkdirSync(join(logs, 'merged'))
  for (const output of [join(logs, 'merged', 'all.log'), join(out, 'all.log')]) {
    t.match(await ranklog(t, ['merge', logs, '-o', output]), { code: 0, stderr: '' })
    t.strictSame(times(readFileSync(output)), [1, 2, 3], 'a folder that is not read')
  }
})

t.test('--force marks the file, and merge, status and tail skip it', async (t) => {
  const { logs } = folders(t)
  const all = join(logs, 'all.log')
  for (const _ of ['new', 'written again']) {
    t.match(await ranklog(t, ['merge', logs, '-o', all, '--force']), { code: 0 })
    const text = readFileSync(all, 'utf8')
    t.match(text, /^[ \t]{64}\{/)
    t.strictSame(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).rank),
      [0, 1, 0],
      'each line is JSON',
    )
  }
  writeFileSync(join(logs, 'packed.log.gz'), gzipSync(readFileSync(all)))
  const merged = await ranklog(t, ['merge', logs])
  t.strictSame([merged.code, times(merged.stdout)], [0, [1, 2, 3]])
  t.match(merged.stderr, /all\.log: written by ranklog merge --force; it is skipped\n.*packed\.log\.gz: written by/)
  const status = await ranklog(t, ['status', '--json', logs])
  const ranks = String(status.stdout).trimEnd().split('\n')
  t.match([status.code, ranks.map((row) => JSON.parse(row).rank)], [0, ['0', '1']])
  const tail = startRanklog(t, ['tail', '--raw', logs])
  await tail.stdout.until(/"time".*"time".*\n/s)
  t.strictSame(times(tail.stdout.text).sort(), [2, 3])
  writeFileSync(join(logs, 'notes.txt'), 'mine\n')
  t.match(await ranklog(t, ['merge', logs, '-o', join(logs, 'notes.txt'), '--force']), { code: 2, stderr: /is there/ })
  t.equal(readFileSync(join(logs, 'notes.txt'), 'utf8'), 'mine\n', 'nothing else is overwritten')
  t.match(await ranklog(t, ['merge', all, '-o', all, '--force']), { code: 2 })
  t.match(await ranklog(t, ['merge', all]), { code: 2, stderr: /written by ranklog merge --force; name the logs/ })
})

t.test('--force also marks a file that has the name of a packed file', async (t) => {
  for (const name of ['all.log.gz', 'all.log.zst', 'all.log.1']) {
    const { logs } = folders(t)
    for (const _ of ['new', 'written again'])
      t.match(await ranklog(t, ['merge', logs, '-o', join(logs, name), '--force']), { code: 0 }, name)
    const { code, stdout, stderr } = await ranklog(t, ['merge', logs])
    t.strictSame([code, times(stdout)], [0, [1, 2, 3]], name)
    t.match(stderr, `${name}: written by ranklog merge --force; it is skipped\n`)
  }
})

t.test('a refused output changes nothing, and an earlier result is replaced whole with its mode', async (t) => {
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
    t.match(await ranklog(t, ['merge', logs, '-o', wrong]), { code: 2, stderr: /^ranklog: --output: E.*; name a file/ })
  }
  t.match(await ranklog(t, ['merge', logs, '-o', all]), { code: 0, stderr: '' })
  t.strictSame(times(readFileSync(all)), [1, 2, 3])
  t.equal(statSync(all).mode & 0o777, 0o604)
  t.strictSame(readdirSync(out), ['all.log'])
})

t.test('a named pipe and a device are written directly', async (t) => {
  const { logs, out } = folders(t)
  const pipe = join(out, 'pipe')
  makeFifo(pipe)
  const written = ranklog(t, ['merge', logs, '-o', pipe])
  t.strictSame(times(await text(createReadStream(pipe))), [1, 2, 3])
  t.match(await written, { code: 0, stderr: '' })
  t.match(await ranklog(t, ['merge', logs, '-o', '/dev/null']), { code: 0, stderr: '' })
  t.ok(statSync(pipe).isFIFO())
})

t.test('a signal in the middle of a merge leaves no file behind', async (t) => {
  const { out } = folders(t)
  const source = join(dirname(out), 'source.log')
  makeFifo(source)
  const all = join(out, 'all.log')
  writeFileSync(all, 'earlier\n')
  const child = startRanklog(t, ['merge', source, '-o', all])
  const fd = openSync(source, 'w') // it has opened its output by now: sources are read later
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

/** Returns a log of 950 kB. */
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

t.test('a full disk gives exit code 1 with its error, and keeps an earlier result', mounted, async (t) => {
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

t.test('every byte is written to a non-blocking pipe', async (t) => {
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
