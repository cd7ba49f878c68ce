import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { runCommand } from './kit/run-command.ts'

const line = (rank: number, time: number, fields: object = {}) =>
  `${JSON.stringify({ level: 30, time, pid: 10 + rank, hostname: 'h', rank, ...fields })}\n`

t.test('bash accepts the completions', { skip: existsSync('/bin/bash') ? false : 'no bash here' }, async (t) => {
  const { stdout } = await ranklog(t, ['completions', 'bash'])
  const complete = (words: string[]) =>
    runCommand(
      'bash',
      '--norc',
      '-c',
      `${stdout}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _ranklog; echo "\${COMPREPLY[*]}"`,
    ).trim()
  t.equal(complete(['ranklog', 'me']), 'merge')
  t.match(complete(['ranklog', 'merge', '--de']), '--dedup')
  t.equal(complete(['ranklog', 'merge', '--level', 'wa']), 'warn')
  t.match(await ranklog(t, ['completions', 'tcsh']), { code: 2 })
  for (const shell of ['zsh', 'fish']) t.match((await ranklog(t, ['completions', shell])).stdout, /ranklog/)
})

t.test('explain prints the launcher, the rank and the variables that it comes from', async (t) => {
  const torchrun = { RANK: '3', WORLD_SIZE: '8', LOCAL_RANK: '1', MASTER_ADDR: 'h', TORCHELASTIC_RUN_ID: 'job' }
  const { code, stdout } = await ranklog(t, ['explain', '--json'], { env: torchrun })
  t.match(
    [code, JSON.parse(stdout)],
    [0, { launcher: 'torchrun', rank: { rank: 3, worldSize: 8 }, fields: { rank: { variables: { RANK: '3' } } } }],
  )
  t.match((await ranklog(t, ['explain'], { env: torchrun })).stdout, /^launcher {3}torchrun\nrank +3 +RANK=3\n/)
  t.match((await ranklog(t, ['explain'])).stdout, /^not launched/)
  const file = join(
    t.testdir({ env: 'SLURM_PROCID=x\0SLURM_NTASKS=2\0SLURM_STEP_NUM_TASKS=2\0SLURM_STEP_ID=0\0SLURM_JOB_ID=1\0' }),
    'env',
  )
  t.match(await ranklog(t, ['explain', '--env', file]), { code: 1, stdout: /error: .*SLURM_PROCID/ })
  t.match(await ranklog(t, ['explain', '--env', 'nowhere']), {
    code: 2,
    stderr: /^ranklog: --env: ENOENT.*; use a file with an environment, for example \/proc\/PID\/environ\n$/,
  })
})

t.test('status shows stragglers, silent and ended ranks and errors, and writes a plot', async (t) => {
  const dir = t.testdir()
  const end = Date.now() + 60_000 // in the future: a slow machine must not make a rank silent
  const steps = (rank: number, lag: number, until: number) =>
    Array.from({ length: until }, (_, step) => line(rank, end - 90_000 + 1000 * step + lag, { step })).join('')
  writeFileSync(join(dir, 'train.rank-0.log'), steps(0, 0, 90).replace(/.*"step":[56]}\n/g, ''))
  writeFileSync(join(dir, 'train.rank-1.log'), steps(1, 400, 90) + line(1, end, { level: 50, msg: 'boom' }))
  writeFileSync(join(dir, 'train.rank-2.log'), `${steps(2, 10, 10)}{"level":30,"ti\n`)
  writeFileSync(join(dir, 'train.rank-3.log'), steps(3, 5, 90))
  const manifest = {
    version: 1,
    rank: 3,
    host: 'h',
    pid: 1,
    files: ['train.rank-3.log'],
    startedAt: '',
    updatedAt: '',
    lines: 60,
    bytes: 1,
    drops: 2,
    errors: 0,
    exit: 0,
  }
  writeFileSync(join(dir, 'train.rank-3.json'), JSON.stringify(manifest))
  const { code, stdout } = await ranklog(t, ['status', '--json', '--plot', join(dir, 'plot.svg'), dir])
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  rows.sort((a, b) => a.rank - b.rank)
  t.match(
    [code, ...rows],
    [
      0,
      { rank: '0', state: 'runs', step: 89, behind: 0, stepsPerSecond: 1, errors: 0, gaps: 2 },
      { rank: '1', state: 'straggles', lagMs: 400, errors: 1 },
      { rank: '2', state: 'silent', step: 9, behind: 80, torn: 1, gaps: 0 },
      { rank: '3', state: 'ended', exit: 0, drops: 2, host: 'h' },
    ],
  )
  t.match(readFileSync(join(dir, 'plot.svg'), 'utf8'), /^<svg .*ms later/s)
  t.match((await ranklog(t, ['status', dir])).stdout, /^rank {2}state .*\n(?:.*\n){4}$/)
  t.match(await ranklog(t, ['status', join(dir, 'nowhere')]), { code: 2 })
})

/** Returns the URL of a module that makes Node treat these packages as missing. */
const missing = (...packages: string[]) =>
  `data:text/javascript,${encodeURIComponent(`
    import { register } from 'node:module'
    const hook = \`export function resolve(name, context, next) {
      if (!${JSON.stringify(packages)}.includes(name)) return next(name, context)
      throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' })
    }\`
    register('data:text/javascript,' + encodeURIComponent(hook))`)}`

t.test('status --plot without vega names the command that installs it, and writes no file', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': line(0, 1, { step: 1 }) + line(0, 2, { step: 2 }) })
  const plot = join(t.testdirName, 'plot.svg')
  for (const packages of [['vega', 'vega-lite'], ['vega'], ['vega-lite']]) {
    const { code, stdout, stderr } = await ranklog(t, ['status', '--plot', plot, dir], {
      nodeOptions: ['--import', missing(...packages)],
    })
    const message =
      'ranklog: --plot: vega and vega-lite are not installed; ' +
      'run npm install vega@6 vega-lite@6 (with --global if ranklog is installed globally)\n'
    t.strictSame([code, stdout, stderr], [2, '', message], packages.join(' '))
    t.notOk(existsSync(plot))
  }
  t.match(await ranklog(t, ['status', dir], { nodeOptions: ['--import', missing('vega', 'vega-lite')] }), {
    code: 0,
    stderr: '',
  })
})

const timeForms: [form: string, of: (ms: number) => unknown][] = [
  ['seconds', (ms) => ms / 1000],
  ['ISO text', (ms) => new Date(ms).toISOString()],
]

for (const [form, of] of timeForms) {
  t.test(`status and its plot read times in ${form}`, async (t) => {
    const end = (Math.floor(Date.now() / 1000) + 60) * 1000
    const log = (rank: number, lagMs: number) =>
      Array.from({ length: 5 }, (_, step) => {
        const time = of(end - 1000 * (4 - step) + lagMs)
        return `${JSON.stringify({ level: 30, time, pid: 1, hostname: 'h', rank, step })}\n`
      }).join('')
    const dir = t.testdir({ 'train.rank-0.log': log(0, 0), 'train.rank-1.log': log(1, 300) })
    const plot = join(dir, 'plot.svg')
    const { code, stdout } = await ranklog(t, ['status', '--json', '--plot', plot, dir])
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    const time = (ms: number) => new Date(ms).toISOString()
    t.match(
      [code, ...rows],
      [
        0,
        { rank: '0', time: time(end), stepsPerSecond: 1, lagMs: 0, state: 'runs' },
        { rank: '1', time: time(end + 300), stepsPerSecond: 1, lagMs: 300, state: 'straggles' },
      ],
    )
    const svg = readFileSync(plot, 'utf8')
    t.match(svg, 'aria-label="step: 0; ms: 1000; rank: 0"')
    t.match(svg, 'rank: 1; ms later: 300"')
  })
}

t.test('status ignores a time that is out of range, and shows the other ranks', async (t) => {
  const dir = t.testdir({
    'train.rank-0.log': line(0, Date.now(), { step: 1 }),
    'train.rank-1.log': line(1, 1e20, { level: 50, step: 1 }),
    'train.rank-2.log': line(2, Date.now(), { step: 1 }) + line(2, 1e20, { step: 2 }),
  })
  for (const args of [['--json'], []]) {
    const { code, stdout, stderr } = await ranklog(t, ['status', ...args, dir])
    t.match([code, stderr, stdout.trimEnd().split('\n').length], [0, '', args.length > 0 ? 3 : 4])
    if (args.length > 0) {
      const rows = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text))
      t.match(rows, [
        { rank: '0', step: 1 },
        { rank: '1', errors: 1, state: 'no step' },
        { rank: '2', step: 1 },
      ])
      t.notOk('time' in rows[1])
    }
  }
})

t.test('tail shows new lines, also of new ranks and attempts, labelled and escaped', async (t) => {
  const dir = t.testdir()
  const now = Date.now()
  writeFileSync(
    join(dir, 'train.rank-0.log'),
    Array.from({ length: 30 }, (_, n) => line(0, now, { msg: `old ${n}` })).join(''),
  )
  const child = startRanklog(t, ['tail', dir, '-n', '2', '--window', '20'], { env: { FORCE_COLOR: '1' } })
  const { stdout } = child
  await stdout.until(/old 29/)
  t.notMatch(stdout.text, /old 27/)
  appendFileSync(join(dir, 'train.rank-0.log'), line(0, Date.now(), { msg: 'new \u001b[2J' }))
  await stdout.until(/new/)
  t.match(stdout.text, /\\u001b\[2J|\\x1b\[2J/)
  mkdirSync(join(dir, 'attempt-1'))
  writeFileSync(join(dir, 'train.rank-1.log'), `\u001b]0;title\u0007\n${line(1, Date.now(), { msg: 'late rank' })}`)
  writeFileSync(join(dir, 'attempt-1', 'train.rank-0.log'), line(0, Date.now(), { msg: 'second attempt' }))
  await stdout.until(/late rank(?=.*second attempt)|second attempt(?=.*late rank)/s)
  t.ok(
    stdout.text.split('\u001b').some((part) => /^\[38;5;\d+m\[1\]$/.test(part)),
    'a colour',
  )
  t.match(stdout.text, /\\x1b\]0;title\\x07/)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 0, stderr: '' })
})

t.test('tail --level filters labelled lines', async (t) => {
  const log = line(0, Date.now(), { msg: 'quiet' }) + line(0, Date.now(), { level: 40, msg: 'slow' })
  const child = startRanklog(t, ['tail', '--level', 'Warn', t.testdir({ 'train.rank-0.log': log })], {
    env: { NO_COLOR: '1' },
  })
  await child.stdout.until(/slow/)
  t.match(child.stdout.text, /\[0\] .*slow/)
  t.notMatch(child.stdout.text, /quiet/)
})

t.test('tail --raw prints records without labels', async (t) => {
  const dir = t.testdir({ 'train.rank-0.log': line(0, Date.now(), { msg: 'a' }) })
  const child = startRanklog(t, ['tail', '--raw', dir], { env: { NO_COLOR: '1' } })
  await child.stdout.until(/\n/)
  t.match(JSON.parse(child.stdout.text), { rank: 0, msg: 'a' })
})
