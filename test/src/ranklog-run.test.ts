import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pidExists } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { maxSilenceMs } from '../../packages/pino-rank-stdout/dist/collector/protocol.js'
import { ranklog, startRanklog } from './kit/ranklog.ts'

/** A rank of a few lines of JavaScript; `rank`, `attempt` and `say` are there. */
const rankOf = (code: string) => [
  process.execPath,
  '-e',
  `const rank = Number(process.env.RANK), attempt = Number(process.env.TORCHELASTIC_RESTART_COUNT)
  const say = (fields) => console.log(JSON.stringify({ level: 30, time: Date.now(), rank, ...fields }))
  ${code}`,
]

const records = (text: Buffer | string) =>
  String(text)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

t.test('ranks know who they are, and all their lines come out whole and in order', async (t) => {
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

t.test('the first that fails ends the others, and the report says who only followed', async (t) => {
  const fails = rankOf(`
    if (rank === 2) { console.error('ValueError: no such digit'); process.exit(3) }
    process.on('SIGTERM', () => process.exit(rank === 0 ? 0 : 143))
    setInterval(() => {}, 1000)`)
  const { code, stderr } = await ranklog(t, ['run', '-n', '4', '--', ...fails])
  t.equal(code, 3)
  t.match(stderr, /^ranklog run: rank 2 failed first: exit code 3 \(host .*, pid \d+, after [\d.]+ s\)$/m)
  t.match(stderr, /its last lines:\n {2}\| ValueError: no such digit\n/)
  const { stderr: json } = await ranklog(t, ['run', '-n', '4', '--json', '--', ...fails])
  const [report] = records(json)
  t.match(report, {
    rank: 2,
    exitCode: 3,
    laterMs: 0,
    cause: 'failed',
    attempt: 0,
    lastLines: ['ValueError: no such digit'],
  })
  t.equal(report.others.length, 3)
})

t.test('what the others held back is written when one fails first, and not when they are stopped', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const rank = (code: string) => [
    process.execPath,
    '--input-type=module',
    '-e',
    `import { rankLogger } from 'pino-rank'
    const rank = Number(process.env.RANK)
    const log = rankLogger({ recorder: { records: 3 }, transport: { target: 'pino-rank-file', options: { path: ${JSON.stringify(path)} } } })
    for (let step = 0; step < 5; step++) log.info({ step })
    setInterval(() => {}, 1000)
    ${code}`,
  ]
  const recorded = () => {
    const found = existsSync(path) ? records(readFileSync(path)) : []
    return found.filter(({ recorded }) => recorded).map(({ rank, step }) => [rank, step])
  }
  const child = startRanklog(t, ['run', '-n', '3', '--', ...rank(`console.log('up')`)])
  await child.stdout.until(/(up\n){3}/)
  child.kill('SIGTERM')
  await child.exit
  t.strictSame(recorded(), [], 'stopped')
  const { code } = await ranklog(t, [
    ...['run', '-n', '3', '--'],
    ...rank(`import { existsSync, writeFileSync } from 'node:fs'
    const ready = ${JSON.stringify(`${path}.ready`)}
    if (rank === 2) writeFileSync(ready, '')
    while (rank === 1 && !existsSync(ready)) await new Promise(setImmediate)
    if (rank === 1) process.exit(7)`),
  ])
  t.equal(code, 7)
  t.strictSame(
    recorded(),
    [2, 3, 4].map((step) => [2, step]),
    'rank 2 was doing this when rank 1 failed',
  )
})

t.test('who lost a peer followed, though it ended first', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rs-')) // short: a socket's address holds no more than a hundred bytes
  t.teardown(() => rmSync(folder, { recursive: true }))
  const place = JSON.stringify(join(folder, 'peer'))
  // rank 1 tells its error, closes, and takes long to end; rank 0 finds its peer gone and dies at once, rank 2 somewhat later
  const code = `import { createServer, connect } from 'node:net'
    import { existsSync } from 'node:fs'
    import { writeErrorFile } from 'pino-rank'
    const rank = Number(process.env.RANK)
    const peers = []
    if (rank === 1) {
      const server = createServer((peer) => {
        if (peers.push(peer) < 2) return
        writeErrorFile(new RangeError('digit 12'))
        for (const peer of peers) peer.destroy()
        setInterval(() => {}, 1000)
      }).listen(${place})
    } else {
      while (!existsSync(${place})) await new Promise(setImmediate)
      connect(${place}).on('close', () => {
        console.error('RuntimeError: [gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:24512')
        process.exit(rank + 4)
      })
    }`
  const run = ['run', '-n', '3', '--', process.execPath, '--input-type=module', '-e', code]
  const { code: exit, stderr } = await ranklog(t, run)
  t.match(stderr, /^ranklog run: rank 1 failed first: SIGTERM \(/m)
  t.match(stderr, /\n {2}RangeError: digit 12\n {6}at /)
  t.match(stderr, /^ranks? [02].* followed: exit code [46], it had lost a peer$/m)
  t.equal(exit, 1)
  rmSync(join(folder, 'peer'))
  const { stderr: json } = await ranklog(t, [...run.slice(0, 3), '--json', ...run.slice(3)])
  const report = JSON.parse(json.slice(json.indexOf('{"rank"')))
  t.match(report, { rank: 1, cause: 'failed', signal: 'SIGTERM', asked: true, laterMs: 0 })
  t.ok(report.others.some((other: object) => 'lostPeer' in other))
})

t.test('a rank that is killed, whose peers end before that is seen', async (t) => {
  const ready = JSON.stringify(join(t.testdir(), 'ready'))
  const { code, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`
      if (rank === 0) {
        process.on('SIGTERM', () => process.kill(process.pid, 'SIGKILL'))
        setInterval(() => {}, 1000)
        fs.writeFileSync(${ready}, '')
      } else setInterval(() => { if (fs.existsSync(${ready})) throw new Error('read ECONNRESET') }, 10)`),
  ])
  t.equal(code, 137)
  t.match(stderr, /rank 0 failed first: SIGKILL/)
  t.match(stderr, /rank 1 followed: exit code 1, it had lost a peer/)
})

t.test('a rank that writes its error file', async (t) => {
  const { code, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--'],
    process.execPath,
    '--input-type=module',
    '-e',
    `import { writeErrorFile } from 'pino-rank'
    process.on('uncaughtException', (error) => { writeErrorFile(error); process.exit(1) })
    if (process.env.RANK === '1') throw new RangeError('digit 12')
    setInterval(() => {}, 1000)`,
  ])
  t.equal(code, 1)
  t.match(stderr, /rank 1 failed first: exit code 1 .*\n {2}RangeError: digit 12\n {6}at /)
  t.match(stderr, /rank 0 followed: SIGTERM/)
})

t.test('a rank that is killed; one that does not listen to SIGTERM', async (t) => {
  const ready = JSON.stringify(join(t.testdir(), 'ready'))
  const { code, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--grace', '0', '--'],
    ...rankOf(`const { existsSync, writeFileSync } = require('node:fs')
      process.on('SIGTERM', () => {})
      if (rank === 0) writeFileSync(${ready}, '')
      while (rank === 1 && !existsSync(${ready}));
      if (rank === 1) process.kill(process.pid, 'SIGKILL')
      setInterval(() => {}, 1000)`),
  ])
  t.equal(code, 128 + 9)
  t.match(stderr, /rank 1 failed first: SIGKILL/)
  t.match(stderr, /rank 0 followed: SIGKILL/)
})

t.test('restarts: the next attempt, and files for each rank and attempt', async (t) => {
  const dir = t.testdir()
  const { code, stdout, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--max-restarts', '2', '--log-dir', dir, '--'],
    ...rankOf(`say({ attempt }); process.stdout.write('no newline')
      if (attempt === 0) { if (rank === 0) process.exit(7); setInterval(() => {}, 1000) }`),
  ])
  t.equal(code, 0)
  t.match(stderr, /rank 0 failed first: exit code 7.*starts all ranks again \(1 of 2\)\n$/s)
  t.equal(records(stdout).filter(({ attempt }) => attempt === 1).length, 2)
  for (const rank of [0, 1]) {
    const text = readFileSync(join(dir, 'attempt-1', `out.rank-${rank}.log`), 'utf8')
    t.match(text, /^\{.*"attempt":1\}\nno newline\n$/)
  }
  t.equal(records((await ranklog(t, ['merge', dir])).stdout).length, records(stdout).length)
})

t.test('signals are the ranks’: one asks, the second does not', async (t) => {
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

t.test('stdin is rank 0’s', async (t) => {
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

t.test('and stays so when another rank ends first', async (t) => {
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`say({ pid: process.pid })
      if (rank === 0) process.stdin.on('data', (text) => say({ read: String(text) }))`),
  ])
  await child.stdout.until(/"rank":1,"pid":\d+\}/)
  const { pid } = records(child.stdout.text).find(({ rank }) => rank === 1)
  while (pidExists(pid)) await new Promise(setImmediate) // its parent has heard of its end
  child.stdin.end('hello')
  t.match(await child.exit, { code: 0, signal: null })
  t.match(child.stdout.text, /"rank":0,"read":"hello"/)
})

t.test('a file that cannot be written is reported once, and its rank continues', async (t) => {
  const dir = t.testdir({ 'out.rank-0.log': {} })
  const { code, stdout, stderr } = await ranklog(t, [
    'run',
    '-n',
    '2',
    '--log-dir',
    dir,
    '--',
    ...rankOf('say({}); say({})'),
  ])
  t.equal(code, 0)
  t.match(stderr, /^ranklog run: EISDIR: .*out\.rank-0\.log'; its lines are still written here\n$/)
  t.equal(records(stdout).length, 4)
  t.equal(records(readFileSync(join(dir, 'out.rank-1.log'), 'utf8')).length, 2)
})

t.test('stderr stays stderr; labels; garbage and tracebacks come out whole', async (t) => {
  const garbage = rankOf(`process.stdout.write(Buffer.from([0, 0xff, 0x1b, 0x5b, 10]))
    say({ msg: 'out' }); console.error('Traceback:\\n  File "a.py"\\nKeyError: ' + rank)`)
  const run = ['run', '-n', '2', '--label', '[{rank}] ', '--', ...garbage]
  const { stdout, stderr } = await ranklog(t, run, { encoding: 'latin1' })
  t.equal(stdout.split('[0] \0\xff\x1b[\n').length, 2)
  t.match(stdout, /^\[1\] \{.*"msg":"out"\}$/m)
  for (const rank of [0, 1])
    t.match(stderr, `[${rank}] Traceback:\n[${rank}]   File "a.py"\n[${rank}] KeyError: ${rank}\n`)
})

t.test('clocks that differ by seconds are reported once, and hold nobody', async (t) => {
  const dir = t.testdir()
  const { stdout, stderr, code } = await ranklog(t, [
    ...['run', '-n', '3', '--'],
    ...rankOf(`const { existsSync, readdirSync, writeFileSync } = require('node:fs')
      const dir = ${JSON.stringify(dir)}
      writeFileSync(dir + '/started-' + rank, '')
      let step = 0
      const timer = setInterval(() => {
        if (readdirSync(dir).length < 3) return
        say({ step, time: Date.now() + [0, 5000, -5000][rank] })
        if (++step === 30) writeFileSync(dir + '/ended-' + rank, '')
        if (step >= 30 && existsSync(dir + '/ended-1')) clearInterval(timer)
      }, 5)`),
  ])
  t.equal(code, 0)
  const reports = stderr.split('\n').filter((line) => line !== '')
  t.equal(reports.length, 2, stderr)
  t.match(
    stderr,
    /^ranklog run: the lines of rank 1 are [45]\.\d s ahead: its clock differs; they stand where they arrived$/m,
  )
  t.match(stderr, /^ranklog run: the lines of rank 2 are [5]\.\d s late: its clock is behind, or it holds them; /m)
  const found = records(stdout)
  for (const rank of [0, 1, 2]) {
    const steps = found.filter((record) => record.rank === rank).map(({ step }) => step)
    t.ok(steps.length >= 30)
    t.strictSame(steps, [...steps.keys()])
  }
  const first = found.findIndex(({ rank }) => rank === 1)
  t.ok(first < found.findLastIndex(({ rank }) => rank === 0), 'what is from the future comes with what is written now')
})

t.test('a rank has real pipes, which a script can open by name', async (t) => {
  const { stdout, stderr, code } = await ranklog(t, [
    ...['run', '--', 'sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr; test -p /dev/fd/1'],
  ])
  t.strictSame([code, stdout, stderr], [0, 'out\n', 'err\n'])
})

/** All of each rank, in its order. */
function complete(t: Test, found: readonly { rank: number; step: number }[], counts: readonly number[]): void {
  for (const [rank, count] of counts.entries()) {
    const steps = found.filter((record) => record.rank === rank).map(({ step }) => step)
    t.strictSame(steps.length, count, `rank ${rank}`)
    t.ok(
      steps.every((step, at) => step === at),
      `rank ${rank} in its order`,
    )
  }
}

t.test('256 ranks at once, in bounded memory', async (t) => {
  const lines = `i=0; while [ $i -lt 200 ]; do echo "{\\"level\\":30,\\"time\\":1700000000000,\\"rank\\":$RANK,\\"step\\":$i}"; i=$((i+1)); done`
  const child = startRanklog(t, ['run', '-n', '256', '--', 'sh', '-c', lines])
  let peak = 0
  child.stdout.stream.on('data', () => {
    const status = existsSync(`/proc/${child.pid}/status`) && readFileSync(`/proc/${child.pid}/status`, 'utf8')
    if (status) peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
  })
  const { code } = await child.exit
  t.equal(code, 0)
  complete(t, records(child.stdout.text), Array(256).fill(200))
  const most = (64e6 + 256 * 256e3) / 1024
  t.ok(peak > 0 && peak < most, `${peak} kB`)
})

t.test('a rank that says ten times as much as the others', async (t) => {
  const { stdout, code } = await ranklog(t, [
    ...['run', '-n', '3', '--'],
    ...rankOf(`for (let step = 0; step < (rank === 1 ? 50_000 : 5_000); step++) say({ step })`),
  ])
  t.equal(code, 0)
  complete(t, records(stdout), [5_000, 50_000, 5_000])
})

t.test('a rank that is stopped holds nobody; one that is killed within a line tears none', async (t) => {
  const child = startRanklog(t, [
    ...['run', '-n', '3', '--'],
    ...rankOf(`say({ pid: process.pid })
      let step = 0
      if (rank !== 0) setInterval(() => say({ step: step++ }), 1)
      else process.stdout.write('{"level":30,"ti', () => console.error('cut'))
      setInterval(() => {}, 1000)`),
  ])
  await child.stderr.until(/cut/)
  await child.stdout.until(/"rank":2,"step":20\}/)
  const pid = Number(/"rank":0,"pid":(\d+)\}/.exec(child.stdout.text)?.[1])
  process.kill(pid, 'SIGSTOP')
  await child.stdout.until(/"rank":2,"step":400\}/)
  process.kill(pid, 'SIGKILL')
  child.kill('SIGINT')
  child.kill('SIGINT')
  await child.exit
  const odd = child.stdout.text.split('\n').filter((line) => !/^\{.*\}$/.test(line))
  t.strictSame(odd, ['{"level":30,"ti', ''], 'what it began stands alone')
})

t.test('`ranklog run` is killed: no rank waits for it', async (t) => {
  const child = startRanklog(t, [
    'run',
    '-n',
    '2',
    '--',
    ...rankOf(`say({ pid: process.pid }); setInterval(() => say({}), 1)`),
  ])
  for (const wanted of [/"rank":0,"pid":\d+\}/, /"rank":1,"pid":\d+\}/]) await child.stdout.until(wanted)
  const pids = [...child.stdout.text.matchAll(/"pid":(\d+)\}/g)].map(([, pid]) => Number(pid))
  child.kill()
  await child.exit
  for (const pid of pids) while (pidExists(pid)) await new Promise(setImmediate)
  t.equal(pids.length, 2, 'they end at their next line: nobody reads it')
})

t.test('lines that come through the collector are in the rank’s file, and among its last', async (t) => {
  const dir = t.testdir()
  const { code, stdout, stderr } = await ranklog(t, [
    ...['run', '-n', '2', '--log-dir', dir, '--'],
    ...[process.execPath, '--input-type=module', '-e'],
    `import { rankLogger } from 'pino-rank'
    import { stdoutStream } from 'pino-rank-stdout'
    const log = rankLogger({ transport: { stream: stdoutStream() } })
    const rank = Number(process.env.RANK)
    for (let step = 0; step < 1000; step++) {
      log.info({ step })
      if (step % 100 === 0) await new Promise((next) => setTimeout(next, 5))
    }
    console.log('text of rank ' + rank)
    const { readFileSync } = await import('node:fs')
    const first = ${JSON.stringify(join(dir, 'out.rank-0.log'))}
    while (rank === 1 && !readFileSync(first, 'utf8').includes('text of rank 0')) await new Promise(setImmediate)
    if (rank === 1) process.exitCode = 3`,
  ])
  t.equal(code, 3)
  t.match(stderr, /rank 1 failed first: exit code 3/)
  t.match(stderr, /"step":999/)
  complete(t, records(stdout), [1000, 1000])
  for (const rank of [0, 1]) {
    const file = readFileSync(join(dir, `out.rank-${rank}.log`), 'utf8')
    t.equal(records(file).length, 1000)
    t.match(file, `text of rank ${rank}\n`)
  }
})

t.test('a reader that leaves: the ranks continue to their end', async (t) => {
  const dir = t.testdir()
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--log-dir', dir, '--'],
    ...rankOf(`for (let step = 0; step < 50_000; step++) say({ step })`),
  ])
  await child.stdout.until(/./)
  child.stdout.stream.destroy()
  const { code, stderr } = await child.exit
  t.equal(code, 0)
  t.match(stderr, /nobody reads stdout any more; the ranks continue/)
  for (const rank of [0, 1]) t.equal(records(readFileSync(join(dir, `out.rank-${rank}.log`), 'utf8')).length, 50_000)
})

t.test('a reader that is slow gets all, long after the ranks have ended', async (t) => {
  // The ranks start processes in sessions of their own, which print more than the merge and the pipes can hold.
  const prints = `const line = JSON.stringify({ level: 30, time: Date.now(), fill: 'x'.repeat(1000) })
    for (let step = 0; step < 16_000; step++) require('node:fs').writeSync(1, line + '\\n')`
  const child = startRanklog(t, [
    ...['run', '-n', '2', '--'],
    ...rankOf(`require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(prints)}], {
      detached: true, stdio: 'inherit' }).unref()`),
  ])
  await once(child.stdout.stream, 'data')
  child.stdout.stream.pause()
  await pause(2.5 * maxSilenceMs)
  child.stdout.stream.resume()
  t.match(await child.exit, { code: 0 })
  t.equal(records(child.stdout.text).length, 32_000)
})

t.test('what a rank leaves behind in a session of its own holds nobody', async (t) => {
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

t.test('input errors', async (t) => {
  for (const [args, wanted] of [
    [['run'], /no program; name it behind two dashes/],
    [['run', '-n', '0', '--', 'true'], /--nproc: "0" is no whole number from 1/],
    [['run', '--nnodes', '2', '--', 'true'], /the nodes do not know each other/],
    [['run', '--node-rank', '1', '--', 'true'], /there is no node 1 of 1/],
    [['run', '-n', '2', '--', 'no-such-program'], /no-such-program: no such program/],
    [['run', '--', import.meta.dirname], /: may not be run; name a program/],
    [
      ['run', '--log-dir', '/proc/nope', '--', 'true'],
      /--log-dir: .*\/proc\/nope'; name a folder that you may write to/,
    ],
    [['run', '--log-dir', fileURLToPath(import.meta.url), '--', 'true'], /--log-dir: EEXIST/],
    [['run', '--grace', '10s', '--', 'true'], /--grace: "10s" is no whole number from 0; write e.g. 10$/m],
    [['run', '--grace=', '--', 'true'], /--grace: "" is no whole number from 0; write e.g. 10$/m],
    [['run', '--grace', '0.5', '--', 'true'], /--grace: "0.5" is no whole number from 0; write e.g. 10$/m],
    [['run', '--grace', 'Infinity', '--', 'true'], /--grace: "Infinity" is no whole number from 0; write e.g. 10$/m],
    [['run', '--grace=-1', '--', 'true'], /--grace: "-1" is no whole number from 0; write e.g. 10$/m],
    [['status', '--every', '86401', '.'], /--every: "86401" is no whole number from 1 to 86400; write e.g. 2$/m],
    [['run', '--window', '-5', '--', 'true'], /ambiguous/],
    [['run', '--label', '{rnk}: ', '--', 'true'], /--label: nothing is known as {rnk}; write {rank} or {host}/],
  ] as const) {
    const { code, stderr } = await ranklog(t, args)
    t.strictSame([code, stderr.trimEnd().split('\n').length], [2, 1])
    t.match(stderr, wanted)
  }
})

t.test('runs without WebAssembly', async (t) => {
  const program = rankOf('for (let step = 0; step < 200; step++) say({ step })')
  const { code, stdout } = await ranklog(t, ['run', '-n', '2', '--', ...program], { nodeOptions: ['--jitless'] })
  t.strictSame([code, records(stdout).length], [0, 400])
  for (const rank of [0, 1]) {
    const steps = records(stdout).flatMap((record) => (record.rank === rank ? [record.step] : []))
    t.strictSame(steps, [...steps.keys()])
  }
})
