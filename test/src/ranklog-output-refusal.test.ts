import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { folders, line, redirected, times } from './kit/ranklog-output.ts'

t.test('an output that is also an input, under any name, is refused, and the logs stay as they are', async (t) => {
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
    `${logs}/../logs/train.rank-0.log`,
    join(out, 'hard'),
    join(out, 'softer'), // a link to a link
    join(out, 'folder', 'train.rank-0.log'),
  ]
  const inputs = [[log, join(out, 'new.log')], [join(out, 'softer')], [join(logs, '*.log')]]
  const pairs = [...outputs.map((output) => [[log], output] as const), ...inputs.map((paths) => [paths, log] as const)]
  for (const [paths, output] of pairs) {
    const { code, stderr } = await ranklog(t, ['merge', ...paths, '-o', output])
    t.match(stderr, /^ranklog: --output: .* is .*read; use a file in another folder\n$/)
    t.equal(code, 2, `${paths} -o ${output}`)
  }
  const others: [string, string][] = [
    [log, `${log}.1`], // a rotated file that exists
    [log, `${log}.2`], // the next rotated file
    [log, `${log}.7.gz`],
    [join(logs, 'rank.json'), join(logs, 'rank.json')],
    [join(logs, '*.json'), join(logs, 'rank.json')],
  ]
  for (const [path, output] of others) {
    const { code, stderr } = await ranklog(t, ['merge', path, '-o', output, '--force'])
    t.match([code, stderr], [2, /^ranklog: --output: .*; use a file in another folder\n$/], `${path} -o ${output}`)
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
      t.match([code, stderr], [2, /(stdout) is .*read; use a file in another folder\n$/], `${args} > ${file}`)
    }
  }
  t.equal(readFileSync(log, 'utf8'), line(0, 3))
  t.match(await ranklog(t, ['status', '--plot', log, logs]), { code: 2, stderr: /use a file in another folder/ })
  const all = join(out, 'all.log')
  writeFileSync(all, 'before\n')
  for (const args of [
    ['merge', logs],
    ['merge', logs, '-o', '/dev/stdout'],
  ]) {
    t.match(await redirected(t, args, all), { code: 0, stderr: '' })
  }
  t.strictSame(times(readFileSync(all)), [1, 2, 3, 1, 2, 3], 'the shell opened it for appending')
  t.match(readFileSync(all, 'utf8'), /^before\n/)
})

t.test('an output in an input folder is refused, under any name of the folder', async (t) => {
  const { logs, out } = folders(t)
  symlinkSync(logs, join(out, 'folder'))
  symlinkSync(join(logs, 'dangling.log'), join(out, 'dangling'))
  mkdirSync(join(logs, 'attempt-1'))
  const outputs = ['all.log', 'all.txt', join('attempt-1', 'all.log')].map((name) => join(logs, name))
  for (const output of [...outputs, join(out, 'folder', 'all.log'), join(out, 'dangling')]) {
    const { code, stderr } = await ranklog(t, ['merge', logs, '-o', output])
    t.match(
      [code, stderr],
      [2, /^ranklog: --output: .* is in .*; use a file in another folder, or --force, which .*\n$/],
      output,
    )
    t.notOk(existsSync(output))
  }
  t.match(await ranklog(t, ['merge', join(out, 'folder'), '-o', join(logs, 'all.log')]), { code: 2 })
  mkdirSync(join(logs, 'merged'))
  for (const output of [join(logs, 'merged', 'all.log'), join(out, 'all.log')]) {
    t.match(await ranklog(t, ['merge', logs, '-o', output]), { code: 0, stderr: '' })
    t.strictSame(times(readFileSync(output)), [1, 2, 3], 'merge does not read this folder')
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
  t.match(await ranklog(t, ['merge', logs, '-o', join(logs, 'notes.txt'), '--force']), {
    code: 2,
    stderr: /exists and was not written by/,
  })
  t.equal(readFileSync(join(logs, 'notes.txt'), 'utf8'), 'mine\n', '--force overwrites only its own files')
  t.match(await ranklog(t, ['merge', all, '-o', all, '--force']), { code: 2 })
  t.match(await ranklog(t, ['merge', all]), { code: 2, stderr: /written by ranklog merge --force; use the logs/ })
})

t.test('--force also marks a file that has the name of a compressed file', async (t) => {
  const { logs } = folders(t)
  const names = ['one.log.gz', 'two.log.zst', 'three.log.1']
  for (const name of names)
    for (const _ of ['new', 'written again'])
      t.match(await ranklog(t, ['merge', logs, '-o', join(logs, name), '--force']), { code: 0 }, name)
  const { code, stdout, stderr } = await ranklog(t, ['merge', logs])
  t.strictSame([code, times(stdout)], [0, [1, 2, 3]])
  for (const name of names) t.match(stderr, `${name}: written by ranklog merge --force; it is skipped\n`)
})
