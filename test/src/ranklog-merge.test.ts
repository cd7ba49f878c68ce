import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import zlib, { gzipSync } from 'node:zlib'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const base = 1_700_000_000_000
const line = (rank: number, time: number, fields: object = {}) =>
  `${JSON.stringify({ level: 30, time: base + time, pid: 10 + rank, hostname: 'h', rank, ...fields })}\n`
const times = (text: Buffer | string) =>
  [...String(text).matchAll(/"time":(\d+)/g)].map(([, time]) => Number(time) - base)

t.test('the rotated files, compressed files and attempts of a rank are one log, in order', async (t) => {
  const dir = t.testdir()
  const write = (name: string, ...at: number[]) =>
    writeFileSync(join(dir, name), at.map((time) => line(0, time)).join(''))
  mkdirSync(join(dir, 'attempt-1'))
  writeFileSync(join(dir, 'train.rank-0.log.1.gz'), gzipSync(line(0, 1) + line(0, 4)))
  write('train.rank-0.log.2', 7)
  write('train.rank-0.log.10', 10)
  write('train.rank-0.log', 13)
  writeFileSync(join(dir, 'train.rank-1.log'), [2, 3, 5, 12, 14].map((time) => line(1, time)).join(''))
  writeFileSync(join(dir, 'attempt-1', 'train.rank-0.log'), line(0, 20))
  writeFileSync(join(dir, 'notes.txt'), 'no log')
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.strictSame([code, stderr, times(stdout)], [0, '', [1, 2, 3, 4, 5, 7, 10, 12, 13, 14, 20]])
  t.strictSame(times((await ranklog(t, ['merge', dir, '--ranks', '1'])).stdout), [2, 3, 5, 12, 14])
  t.strictSame(times((await ranklog(t, ['merge', join(dir, '*.rank-1.log')])).stdout), [2, 3, 5, 12, 14], 'a glob')
})

t.test('logs compressed with zstd are merged if this Node has zstd, and reported otherwise', async (t) => {
  const dir = t.testdir()
  // lines of rank 1 at 1 and 3 ms
  const packed = Buffer.from(
    'KLUv/SBqxQEA1AJ7ImxldmVsIjozMCwidGltZSI6MTcwMSwicmFuayI6MSwibXNnIjoibSJ9CjMDAOATsGpNAZo=',
    'base64',
  )
  writeFileSync(join(dir, 'train.rank-0.log'), line(0, 2) + line(0, 4))
  writeFileSync(join(dir, 'train.rank-1.log'), line(1, 5))
  writeFileSync(join(dir, 'train.rank-1.log.1.zst'), packed)
  writeFileSync(join(dir, 'train.rank-2.log.zst'), packed)
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  const isThere = 'createZstdDecompress' in zlib
  t.strictSame([code, times(stdout)], isThere ? [0, [1, 1, 2, 3, 3, 4, 5]] : [1, [2, 4, 5]])
  t.match(
    String(stderr),
    isThere
      ? /^$/
      : /rank-1\.log\.1\.zst: compressed with zstd, which Node .* cannot decompress: .*\n.*rank-2\.log\.zst: compressed with zstd/,
  )
})

t.test('merge changes no byte: CRLF, BOM, NUL, invalid UTF-8 and text between records', async (t) => {
  const dir = t.testdir()
  const odd = Buffer.concat([
    Buffer.from(`\ufeff${line(0, 1)}`),
    Buffer.from([0, 0xff, 0xfe, 10]),
    Buffer.from(`${line(0, 3).trimEnd()}\r\n    at x\r\n`),
  ])
  writeFileSync(join(dir, 'a.log'), odd)
  writeFileSync(join(dir, 'b.log'), line(1, 2))
  const out = join(dir, 'out')
  const { code } = await ranklog(t, ['merge', join(dir, 'a.log'), join(dir, 'b.log'), '-o', out])
  t.equal(code, 0)
  const found = readFileSync(out)
  t.equal(found.length, odd.length + line(1, 2).length)
  t.ok(found.includes(Buffer.concat([Buffer.from([0, 0xff, 0xfe, 10])])))
  t.ok(
    found
      .subarray(-odd.length + odd.indexOf('{"level":30,"time":1700000000003'))
      .toString()
      .endsWith('\r\n    at x\r\n'),
  )
})

t.test('merge filters by time and level, labels lines, and joins and reduces records', async (t) => {
  const dir = t.testdir({
    'train.rank-0.log':
      line(0, 0, { msg: 'start' }) +
      line(0, 10, { metrics: { loss: 1 }, step: 0 }) +
      line(0, 30, { level: 40, msg: 'slow' }),
    'train.rank-1.log': `${line(1, 5, { msg: 'start' })}${line(1, 11, { metrics: { loss: 3 }, step: 0 })}${line(1, 20, { level: 50, msg: 'boom' })}    at x\n`,
  })
  const text = async (...args: string[]) => (await ranklog(t, ['merge', dir, ...args])).stdout
  t.strictSame(times(await text('--since', String(base + 10), '--until', String(base + 30))), [10, 11, 20])
  t.strictSame(times(await text('--level', 'warn')), [20, 30])
  for (const same of ['Warn', 'WARNING', '40']) t.strictSame(times(await text('--level', same)), [20, 30], same)
  t.match(await text('--level', 'error', '--label', '{rank}> '), /^1> \{.*boom"\}\n1> {5}at x\n$/)
  t.match(await text('--dedup'), /^\{[^\n]*"ranks":"0-1","msg":"start"\}\n/)
  const reduced = (await text('--reduce', 'step')).split('\n').filter((text) => text.includes('"mean"'))
  t.match(
    reduced.map((text) => JSON.parse(text)),
    [{ step: 0, ranks: '0-1', metrics: { loss: 2 }, count: { loss: 2 } }],
  )
  const pretty = await text('--pretty', '--level', 'error')
  t.match(pretty, /^\[1\] \[.*ERROR: boom\n\[1\] {5}at x\n$/)
})

t.test('--level finds the level at any place and spelling; lines without a level pass', async (t) => {
  const dir = t.testdir({
    'a.log': [
      `{"level": 30, "time": ${base + 1}}`,
      `{"level": 50, "time": ${base + 2}}`,
      `{"time":${base + 3},"level":"WARNING"}`,
      `{"time":${base + 4},"config":{"level":60},"level":"info"}`,
      `{"level":"Error","time":${base + 5}}`,
    ].join('\n'),
    'b.log': `${line(1, 6, { level: 20 })}${line(1, 7, { level: undefined })}`,
  })
  const { stdout } = await ranklog(t, ['merge', dir, '--level', 'warn'])
  t.strictSame(
    [...stdout.matchAll(/"time": ?(\d+)/g)].map(([, time]) => Number(time) - base),
    [2, 3, 5, 7],
  )
})

t.test('an invalid command line gives one line with the fix, and exit code 2', async (t) => {
  const dir = t.testdir({ empty: {}, 'a.log': line(0, 1) })
  for (const [args, message] of [
    [[], /^ranklog: merge: no path; give folders/],
    [['nowhere'], /^ranklog: nowhere: no such file or folder; check the path/],
    [[join(dir, 'empty')], /empty: no logs in this folder; use a folder with/],
    [[dir, '--ranks', 'x'], /^ranklog: --ranks: invalid rank set "x"; use for example 0-3,7 or /],
    [[dir, '--ranks', '7'], /no such rank in these logs; check --ranks/],
    [[dir, '--since', 'soon'], /^ranklog: --since: invalid time "soon"; use for example /],
    [[dir, '--level', 'loud'], /^ranklog: --level: unknown level "loud"; use one of trace/],
    [[dir, '--reduce', 'epoch'], /^ranklog: --reduce: "epoch" is no field; write --reduce step/],
    [[dir, '--memory', '1'], /^ranklog: --memory: expected a whole number from 8, received "1"/],
    [[dir, '--nope'], /^ranklog: Unknown option '--nope'; ranklog merge --help shows its options/],
  ] as [string[], RegExp][]) {
    const { code, stdout, stderr } = await ranklog(t, ['merge', ...args])
    t.match(stderr, message)
    t.strictSame([code, stdout, stderr.split('\n').length], [2, '', 2], args.join(' '))
  }
})

t.test('an unreadable file and a torn end are reported with exit code 1, and the other lines are merged', async (t) => {
  const dir = t.testdir({
    'a.log': line(0, 1),
    'b.log': line(1, 2).trimEnd(),
    'c.log.1.gz': 'no gzip',
    'c.log': line(2, 3),
  })
  const { code, stdout, stderr } = await ranklog(t, ['merge', dir])
  t.strictSame([code, times(stdout)], [1, [1, 2, 3]])
  t.match(
    stderr,
    /^ranklog merge: .*c\.log\.1\.gz: incorrect header check; it is left out\nranklog merge: 1 file ends within a line: it was given its newline\n$/,
  )
})

t.test('merge ends without an error when its reader closes the pipe', async (t) => {
  const dir = t.testdir({ 'a.log': line(0, 1).repeat(200_000) })
  const child = startRanklog(t, ['merge', dir])
  await child.stdout.until(/./)
  child.stdout.stream.destroy()
  t.match(await child.exit, { code: 0, stderr: '' })
})

t.test('the output is the same without WebAssembly', async (t) => {
  const dir = t.testdir()
  for (const rank of [0, 1, 2]) {
    const lines = Array.from({ length: 300 }, (_, at) =>
      line(rank, 10 * at + rank, { msg: `step ${at % 7 === 0 ? rank : at}` }),
    )
    writeFileSync(join(dir, `train.rank-${rank}.log`), lines.join(''))
  }
  for (const args of [
    ['merge', dir],
    ['merge', dir, '--dedup'],
  ]) {
    const [usual, jitless] = await Promise.all([ranklog(t, args), ranklog(t, args, { nodeOptions: ['--jitless'] })])
    t.strictSame([jitless.code, String(jitless.stdout)], [0, String(usual.stdout)], args.join(' '))
  }
})
