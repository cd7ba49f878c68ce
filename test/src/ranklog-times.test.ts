import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'

const base = 1_700_000_000_000

/** Records of logs whose times have names and forms other than pino's. `n` is the place of a record in the merge. */
const forms: Record<string, (time: number) => object> = {
  'train.rank-0.log': (time) => ({ level: 30, time }),
  'train.rank-1.log': (time) => ({ level: 30, ts: time / 1000 }),
  'train.rank-2.log': (time) => ({
    '@timestamp': new Date(time).toISOString().replace('.', ',').replace('Z', '+0000'),
  }),
  'worker.log': (time) => ({ log: { at: String(time * 1e6) } }),
}

function logs(count = 3): Record<string, string> {
  const names = Object.keys(forms)
  return Object.fromEntries(
    Object.entries(forms).map(([name, fields], source) => {
      const places = Array.from({ length: count }, (_, line) => names.length * line + source)
      return [
        name,
        places
          .map((n) => `${JSON.stringify({ ...fields(base + n), n, step: Math.floor(n / names.length) })}\n`)
          .join(''),
      ]
    }),
  )
}

const places = (text: string) => [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n))
const inOrder = Array.from({ length: 12 }, (_, n) => n)
const names = ['--time', '1=ts', '--time', 'train.rank-2.log=@timestamp', '--time', 'work*=log.at']

for (const way of [[], ['--dedup'], ['--label', ''], ['--level', 'trace']]) {
  t.test(`merge ${way.join(' ')} orders logs by the time that --time names for each`, async (t) => {
    const dir = t.testdir(logs())
    const { code, stdout, stderr } = await ranklog(t, ['merge', dir, ...names, ...way])
    t.strictSame([code, stderr, places(stdout)], [0, '', inOrder])
  })
}

t.test('merge reports logs with other times, and the --time that it suggests orders them', async (t) => {
  const dir = t.testdir(logs())
  const found = await ranklog(t, ['merge', dir])
  t.strictSame(found.code, 0)
  t.strictSame(found.stderr.trimEnd().split('\n'), [
    'ranklog merge: train.rank-1.log: no line has a time "time"; its lines are written before all others; the records have "ts": --time 1=ts',
    'ranklog merge: train.rank-2.log: no line has a time "time"; its lines are written before all others; the records have "@timestamp": --time 2=@timestamp',
    'ranklog merge: worker.log: no line has a time "time"; its lines are written before all others; the records have "log.at": --time worker.log=log.at',
  ])
  const remedy = [...found.stderr.matchAll(/--time (\S+)/g)].flatMap(([, name]) => ['--time', name as string])
  const ordered = await ranklog(t, ['merge', dir, ...remedy])
  t.strictSame([ordered.stderr, places(ordered.stdout)], ['', inOrder])
})

t.test('merge reports the other name of all times, records without a time, and logs of text', async (t) => {
  const record = (n: number) => `{"timestamp":${base + n},"n":${n}}\n`
  const dir = t.testdir({ 'a.log': record(0) + record(2), 'b.log': record(1) })
  const other = await ranklog(t, ['merge', dir])
  t.match(
    other.stderr,
    /^ranklog merge: a\.log, b\.log: no line has .*; the records have "timestamp": --time timestamp\n$/,
  )
  t.strictSame(places((await ranklog(t, ['merge', dir, '--time', 'timestamp'])).stdout), [0, 1, 2])
  writeFileSync(join(dir, 'b.log'), `${record(1)}{"n":9}\nTraceback:\n`)
  writeFileSync(join(dir, 'text.log'), 'a\nb\n')
  const { code, stderr } = await ranklog(t, ['merge', dir, '--time', 'timestamp'])
  t.strictSame(
    [code, stderr.trimEnd().split('\n')],
    [
      0,
      [
        'ranklog merge: b.log: 1 record has no time "timestamp", and follows the line before; --time NAME sets the field with the time, --time SOURCE=NAME that of one log',
        'ranklog merge: text.log: no line has a time "timestamp"; its lines are written before all others; --time NAME sets the field with the time, --time SOURCE=NAME that of one log',
      ],
    ],
  )
})

t.test('an invalid --time gives one line with the fix, and exit code 2', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': `{"time":${base}}\n` })
  for (const [value, message] of [
    ['', /^ranklog: --time: "" has no name; give the field with the time, for example --time ts/],
    ['0=', /^ranklog: --time: "0=" has no name; /],
    ['=ts', /^ranklog: --time: "=ts" has no source; /],
    ['3-1=ts', /^ranklog: --time: invalid rank set "3-1"; /],
    ['7=ts', /^ranklog: --time: no log matches "7"; /],
    ['other.log=ts', /^ranklog: --time: no log matches "other\.log"; /],
  ] as [string, RegExp][]) {
    for (const command of ['merge', 'status']) {
      const { code, stdout, stderr } = await ranklog(t, [command, dir, '--time', value])
      t.match(stderr, message)
      t.strictSame([code, stdout, stderr.split('\n').length], [2, '', 2], value)
    }
  }
})

t.test('status and its plot use the times that --time names', async (t) => {
  const dir = t.testdir(logs())
  const plot = join(dir, 'plot.svg')
  const { stdout, stderr } = await ranklog(t, ['status', '--json', '--plot', plot, dir, ...names])
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  const time = (n: number) => new Date(base + n).toISOString()
  t.equal(stderr, '')
  t.match(rows, [
    { rank: '0', time: time(8), step: 2, stepsPerSecond: 250 },
    { rank: '1', time: time(9), step: 2, stepsPerSecond: 250 },
    { rank: '2', time: time(10), step: 2, stepsPerSecond: 250 },
    { rank: 'worker.log', time: time(11), step: 2, stepsPerSecond: 250 },
  ])
  const svg = readFileSync(plot, 'utf8')
  for (const rank of ['0', '1', '2', 'worker\\.log']) t.match(svg, new RegExp(`step: \\d+; ms: 4; rank: ${rank}"`))
  const { stderr: reports } = await ranklog(t, ['status', dir])
  t.match(
    reports,
    'ranklog status: train.rank-1.log: no line has a time "time"; its row has no time and no step; the records have "ts": --time 1=ts\n',
  )
})

t.test('tail uses the times that --time names, and reports each log with other times once', async (t) => {
  const dir = t.testdir(logs())
  const child = startRanklog(t, ['tail', '--raw', dir, ...names])
  await child.stdout.until(/(?:.*\n){12}/)
  t.strictSame(
    places(child.stdout.text).toSorted((a, b) => a - b),
    inOrder,
  )
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0, stderr: '' })

  const other = startRanklog(t, ['tail', '--raw', dir])
  await other.stderr.until(/"ts": --time 1=ts\n/)
  await other.stderr.until(/"log\.at": --time worker\.log=log\.at\n/)
  appendFileSync(join(dir, 'train.rank-1.log'), '{"ts":1}\n')
  writeFileSync(join(dir, 'late.log'), `{"when":"${new Date().toISOString()}"}\n`)
  await other.stderr.until(/late\.log.*"when": --time late\.log=when\n/)
  t.equal(other.stderr.text.split('--time 1=ts').length, 2, 'once')
})

t.test('merge and status treat an invalid time as missing, and show the other ranks', async (t) => {
  const now = Date.now()
  const record = (time: unknown, step: number, n = 99) => `{"level":30,"time":${time},"step":${step},"n":${n}}\n`
  const odd = ['1e20', '1e308', '1e400', '-5', '"NaN"', '"Infinity"', 'null', '{"a":1}', '"1e20"', 'true']
  const dir = t.testdir({
    'train.rank-0.log': record(now, 0, 0) + record(now + 2, 1, 2),
    'train.rank-1.log': record(now + 1, 0, 1) + odd.map((time) => record(time, 50)).join('') + record(now + 3, 1, 3),
  })
  const merged = await ranklog(t, ['merge', dir])
  t.strictSame([merged.code, places(merged.stdout)], [0, [0, 1, ...odd.map(() => 99), 2, 3]])
  const report = 'train.rank-1.log: 10 records have no time "time", and follow the line before; --time NAME sets'
  t.equal(merged.stderr.slice(0, report.length + 15), `ranklog merge: ${report}`)
  const plot = join(dir, 'plot.svg')
  const { code, stdout, stderr } = await ranklog(t, ['status', '--json', '--plot', plot, dir])
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(stdout, /"rank":"0",.*"step":1,[\s\S]*"rank":"1",.*"step":1,/)
  t.match(readFileSync(plot, 'utf8'), 'aria-label="step: 0; ms: 2; rank: 1"')
})

t.test('the unit of the time may change from record to record', async (t) => {
  const times = [base, (base + 2) / 1000, (base + 4) * 1000, (base + 6) * 1e6, `"${new Date(base + 8).toISOString()}"`]
  const dir = t.testdir({
    'a.log': times.map((time, n) => `{"time":${time},"n":${2 * n}}\n`).join(''),
    'b.log': [1, 3, 5, 7].map((n) => `{"level":30,"time":${base + n},"n":${n}}\n`).join(''),
  })
  t.strictSame(places((await ranklog(t, ['merge', dir])).stdout), [0, 1, 2, 3, 4, 5, 6, 7, 8])
})
