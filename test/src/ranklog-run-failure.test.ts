import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ranklog, startRanklog } from './kit/ranklog.ts'
import { rankOf, records } from './kit/run-ranks.ts'

t.test('the first rank that fails ends the other ranks, and the report separates cause and effect', async (t) => {
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

t.test('recorders write their records when another rank fails, and not when the user stops the run', async (t) => {
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
    while (rank === 1 && !existsSync(ready)) await new Promise((next) => setTimeout(next, 5))
    if (rank === 1) process.exit(7)`),
  ])
  t.equal(code, 7)
  t.strictSame(
    recorded(),
    [2, 3, 4].map((step) => [2, step]),
    'the last records of rank 2 before rank 1 failed',
  )
})

t.test('a rank that ends first because it lost its peer is not the first failure', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rs-')) // short: the address of a Unix socket is limited to 107 bytes
  t.teardown(() => rmSync(folder, { recursive: true }))
  const place = JSON.stringify(join(folder, 'peer'))
  // Rank 1 writes its error file, closes its connections and continues to run. Ranks 0 and 2 lose their peer and end.
  const code = `import { createServer, connect } from 'node:net'
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
      const join = () => connect(${place})
        .on('error', () => setTimeout(join, 5)) // rank 1 does not listen yet
        .on('connect', function () { this.removeAllListeners('error').on('error', () => {}).on('close', lost) })
      const lost = () => {
        console.error('RuntimeError: [gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:24512')
        process.exit(rank + 4)
      }
      join()
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

t.test('a killed rank is the first failure even if its peer ends before it', async (t) => {
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

t.test('the report has the error and the stack of the error file of a rank', async (t) => {
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

t.test(
  'run leaves no temporary file: after a success, failures with error files, a stop and a missing program',
  async (t) => {
    const env = { TMPDIR: t.testdir() }
    const sockets = `ranklog-${process.getuid?.()}` // a folder that all runs of this user share
    const temporary = () => readdirSync(env.TMPDIR).filter((name) => name !== sockets)
    const fails = rankOf(
      `fs.writeFileSync(process.env.TORCHELASTIC_ERROR_FILE, '{"message":"digit 12"}'); process.exit(3)`,
    )
    for (const [args, code] of [
      [['--', ...rankOf('say({ step: 1 })')], 0],
      [['--max-restarts', '1', '--', ...fails], 3],
      [['--', 'no-such-program'], 2],
    ] as const) {
      t.match(await ranklog(t, ['run', ...args], { env }), { code })
      t.strictSame(temporary(), [], `exit code ${code}`)
    }
    const stopped = startRanklog(t, ['run', '--', ...rankOf(`say({ msg: 'up' }); setInterval(() => {}, 1000)`)], {
      env,
    })
    await stopped.stdout.until(/up/)
    t.match(temporary(), [/^ranklog-run-/], 'the folder of the running job, without the names of its pipes')
    t.strictSame(readdirSync(join(env.TMPDIR, temporary()[0] ?? '')), [])
    stopped.kill('SIGTERM')
    t.match(await stopped.exit, { code: 128 + 15 })
    t.strictSame(temporary(), [])
  },
)

t.test('a rank that ignores SIGTERM gets SIGKILL after --grace', async (t) => {
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
