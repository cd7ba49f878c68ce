import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pidExists } from 'pino-rank/process'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { rankOf, records } from './kit/run-ranks.ts'
import { until } from './kit/until.ts'

t.test('run sets the variables of each rank, and prints all its lines in order', async (t) => {
  const { code, stdout, stderr } = await ranklog(t, [
    ...['run', '-n', '4', '--run-id', 'r-1', '--'],
    ...rankOf(`const { WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, RANKLOG_RUN_ID } = process.env
      say({ WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, RANKLOG_RUN_ID })
      for (let step = 0; step < 2000; step++) say({ step })`),
  ])
  t.strictSame([code, stderr], [0, ''])
  const found = records(stdout)
  t.equal(found.length, 4 * 2001)
  for (const rank of [0, 1, 2, 3]) {
    const own = found.filter((record) => record.rank === rank)
    t.match(own[0], { WORLD_SIZE: '4', LOCAL_RANK: `${rank}`, LOCAL_WORLD_SIZE: '4', RANKLOG_RUN_ID: 'r-1' })
    t.strictSame(
      own.slice(1).map(({ step }) => step),
      Array.from({ length: 2000 }, (_, step) => step),
    )
  }
})

t.test('--max-restarts starts all ranks again, with a log for each rank and attempt', async (t) => {
  const dir = t.testdir()
  const { code, stdout, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--max-restarts', '2', '--log-dir', dir, '--'],
    ...rankOf(`say({ attempt }); process.stdout.write('no newline')
      if (attempt === 0) { if (rank === 0) process.exit(7); setInterval(() => {}, 1000) }`),
  ])
  t.equal(code, 0)
  t.match(stderr, /rank 0 failed first: exit code 7.*restarting all ranks \(1 of 2\)\n$/s)
  t.equal(records(stdout).filter(({ attempt }) => attempt === 1).length, 2)
  for (const rank of [0, 1]) {
    const text = readFileSync(join(dir, 'attempt-1', `out.rank-${rank}.log`), 'utf8')
    t.match(text, /^\{.*"attempt":1\}\nno newline\n$/)
  }
  t.equal(records((await ranklog(t, ['merge', dir])).stdout).length, records(stdout).length)
})

t.test('run passes signals on to the ranks, and a second SIGTERM kills them', async (t) => {
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`process.on('SIGUSR2', () => say({ msg: 'usr2' }))
      process.on('SIGTERM', () => say({ msg: 'term' }))
      say({ msg: 'up' })
      setInterval(() => {}, 1000)`),
  ])
  await child.stdout.until(/"up".*"up"/s)
  child.kill('SIGUSR2')
  await child.stdout.until(/"usr2".*"usr2"/s)
  child.kill('SIGTERM')
  await child.stdout.until(/"term".*"term"/s)
  child.kill('SIGTERM')
  t.match(await child.exit, { code: 128 + 15, signal: null })
})

t.test('rank 0 has the stdin of run, and the other ranks an empty one', async (t) => {
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`process.stdin.on('data', (text) => say({ read: String(text) })).on('end', () => say({ msg: 'end' }))`),
  ])
  child.stdin.end('hello')
  await child.exit
  await child.stdout.until(/"rank":0,"read":"hello"/)
  t.match(child.stdout.text, /"rank":0,"msg":"end"/)
  t.match(child.stdout.text, /"rank":1,"msg":"end"/)
})

t.test('rank 0 keeps stdin after another rank has ended', async (t) => {
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`say({ pid: process.pid })
      if (rank === 0) process.stdin.on('data', (text) => say({ read: String(text) }))`),
  ])
  await child.stdout.until(/"rank":1,"pid":\d+\}/)
  const { pid } = records(child.stdout.text).find(({ rank }) => rank === 1)
  await until(() => !pidExists(pid)) // gone once run has seen its end
  child.stdin.end('hello')
  t.match(await child.exit, { code: 0, signal: null })
  t.match(child.stdout.text, /"rank":0,"read":"hello"/)
})

t.test('stdout and stderr of a rank are pipes, which a script can open as /dev/stdout', async (t) => {
  const { stdout, stderr, code } = await ranklog(t, [
    ...['run', '--', 'sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr; test -p /dev/fd/1'],
  ])
  t.strictSame([code, stdout, stderr], [0, 'out\n', 'err\n'])
})

t.test('run does not wait for a detached process that a rank has started', async (t) => {
  const { code, stdout } = await ranklog(t, [
    ...['run', '-n', '1', '--'],
    ...rankOf(`const { spawn } = require('node:child_process')
      const left = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { detached: true, stdio: 'inherit' })
      left.unref()
      say({ left: left.pid })`),
  ])
  t.equal(code, 0)
  process.kill(records(stdout)[0].left, 'SIGKILL')
})

t.test('an invalid command line gives one line with the fix, and exit code 2', async (t) => {
  for (const [args, wanted] of [
    [['run'], /no program; name one, for example: ranklog run -n 8 node train.js/],
    [['run', '-n', '0', '--', 'true'], /--nproc: expected a whole number from 1, received "0"/],
    [['run', '--nnodes', '2', '--', 'true'], /--nnodes: several hosts need --master and --run-id/],
    [['run', '--node-rank', '1', '--', 'true'], /--node-rank: expected a number below --nnodes \(1\), received 1/],
    [['run', '-n', '2', '--', 'no-such-program'], /no-such-program: no such program/],
    [['run', '--', import.meta.dirname], /: not an executable program; give a program/],
    [
      ['run', '--log-dir', '/proc/nope', '--', 'true'],
      /--log-dir: .*\/proc\/nope'; name a folder that you may write to/,
    ],
    [['run', '--log-dir', fileURLToPath(import.meta.url), '--', 'true'], /--log-dir: EEXIST/],
    [
      ['run', '--grace', '10s', '--', 'true'],
      /--grace: expected a whole number from 0, received "10s"; use for example 10$/m,
    ],
    [['run', '--grace=', '--', 'true'], /--grace: expected a whole number from 0, received ""; use for example 10$/m],
    [
      ['run', '--grace', '0.5', '--', 'true'],
      /--grace: expected a whole number from 0, received "0.5"; use for example 10$/m,
    ],
    [
      ['run', '--grace', 'Infinity', '--', 'true'],
      /--grace: expected a whole number from 0, received "Infinity"; use for example 10$/m,
    ],
    [
      ['run', '--grace=-1', '--', 'true'],
      /--grace: expected a whole number from 0, received "-1"; use for example 10$/m,
    ],
    [
      ['status', '--every', '86401', '.'],
      /--every: expected a whole number from 1 to 86400, received "86401"; use for example 2$/m,
    ],
    [['run', '--window', '-5', '--', 'true'], /ambiguous/],
    [['run', '--label', '{rnk}: ', '--', 'true'], /--label: unknown placeholder {rnk}; use {rank} or {host}/],
  ] as const) {
    const { code, stderr } = await ranklog(t, args)
    t.strictSame([code, stderr.trimEnd().split('\n').length], [2, 1])
    t.match(stderr, wanted)
  }
})

t.test('run works without WebAssembly', async (t) => {
  const program = rankOf('for (let step = 0; step < 200; step++) say({ step })')
  const { code, stdout } = await ranklog(t, ['run', '-n', '2', '--', ...program], { nodeOptions: ['--jitless'] })
  t.strictSame([code, records(stdout).length], [0, 400])
  for (const rank of [0, 1]) {
    const steps = records(stdout).flatMap((record) => (record.rank === rank ? [record.step] : []))
    t.strictSame(steps, [...steps.keys()])
  }
})
