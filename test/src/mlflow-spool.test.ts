import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import { mlflowStream, resend } from 'pino-mlflow'
import t from 'tap'
import { SpoolFile } from '../../packages/pino-rank-lines/dist/spool/spool-file.js'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'
import { ordinaryUser, withOrdinaryUser } from './kit/ordinary-user.ts'
import { makeFifo } from './kit/run-command.ts'
import {
  ageSpools,
  leaveSpool,
  namesIn,
  soleRank,
  startServer,
  startSpoolProcess,
  stepsOf,
} from './kit/spool-process.ts'

t.test('the spool of a dead process is sent, and that of a running one is not', async (t) => {
  const { server, spool } = await startServer(t)
  server.responseMode = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool])
  await holder.stdout.until(/logged 1/)
  server.responseMode = 'normal'
  ageSpools(spool)
  t.equal(await resend(spool, { trackingUri: server.uri, report: (line) => t.fail(line) }), 0, 'it is stopped, or busy')
  holder.kill()
  await holder.exit
  t.equal(await resend(spool, { trackingUri: server.uri }), 1)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
})

t.test('processes that call resend at the same time send each spool once', async (t) => {
  const { server, spool } = await startServer(t)
  for (let run = 0; run < 20; run++) await leaveSpool(server, spool, [run])
  const senders = Array.from({ length: 4 }, () => startSpoolProcess(t, ['resend', server.uri, spool]))
  const exits = await Promise.all(senders.map(({ exit }) => exit))
  const sent = exits.map(({ stdout }) => Number(/sent (\d+)/.exec(stdout)?.[1]))
  t.equal(
    sent.reduce((sum, count) => sum + count),
    20,
  )
  t.strictSame([...server.runs.values()].flatMap(stepsOf).sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n)) // biome-ignore format: a line
  t.equal(server.requests.filter(({ path }) => path.endsWith('runs/create')).length, 20)
  t.strictSame(namesIn(spool), [])
})

t.test('if a process is killed after any change that resend makes, there is one complete run in the end', async (t) => {
  const { server, spool } = await startServer(t)
  await leaveSpool(server, spool, [0])
  const changes = Number(
    /changes (\d+)/.exec((await startSpoolProcess(t, ['resend', server.uri, spool]).exit).stdout)?.[1],
  )
  t.ok(changes > 10)
  for (let at = 1; at <= changes; at++) {
    server.runs.clear()
    await leaveSpool(server, spool, [1, 2])
    await startSpoolProcess(t, ['resend', server.uri, spool, String(at)]).exit
    await resend(spool, { trackingUri: server.uri, report: (line) => t.fail(line) })
    t.strictSame([stepsOf(server.run), readdirSync(spool).filter((name) => name.endsWith('.ndjson'))], [[1, 2], []], `step ${at}`) // biome-ignore format: a line
  }
})

for (const [task, responseMode] of [
  ['spooling', 503],
  ['spooling and sending', 'normal'],
] as const) {
  t.test(`if a process is killed after any change in ${task}, its records are sent once`, async (t) => {
    const { server, spool } = await startServer(t)
    server.responseMode = responseMode
    const whole = startSpoolProcess(t, ['hold', server.uri, spool])
    whole.stdin.end('\n')
    const changes = Number(/changes (\d+)/.exec((await whole.exit).stdout)?.[1])
    t.ok(changes > 5)
    for (let at = 1; at <= changes; at++) {
      server.responseMode = 'normal'
      await resend(spool, { trackingUri: server.uri })
      server.runs.clear()
      server.responseMode = responseMode
      const holder = startSpoolProcess(t, ['hold', server.uri, spool, String(at)])
      holder.stdin.on('error', () => {}).end('\n')
      const logged = [...(await holder.exit).stdout.matchAll(/logged (\d)/g)].map(([, step]) => Number(step))
      server.responseMode = 'normal'
      await resend(spool, { trackingUri: server.uri, report: (line) => t.fail(line) })
      const steps = [...server.runs.values()].flatMap(stepsOf)
      t.ok(server.runs.size <= 1 && logged.every((step, n) => steps[n] === step), `step ${at}: ${logged} of ${steps}`)
      t.strictSame(
        readdirSync(spool).filter((name) => name.endsWith('.ndjson')),
        [],
      )
    }
  })
}

t.test('a file that is not a spool of this user is not removed, and does not stop resend', async (t) => {
  const { server, spool } = await startServer(t)
  await leaveSpool(server, spool, [1])
  const [own = ''] = namesIn(spool)
  const text = readFileSync(own)
  const named = (n: number) => join(spool, `mlflow-${n}0000000-0000-4000-8000-000000000000.free.0000000${n}.ndjson`)
  makeFifo(named(1))
  mkdirSync(named(2))
  symlinkSync(own, named(3))
  symlinkSync('/dev/zero', named(4))
  writeFileSync(named(5), text)
  const foreign = [1, 2, 3, 4]
  if (process.getuid?.() === 0) {
    chownSync(named(5), 12_345, 12_345)
    foreign.push(5)
  }
  writeFileSync(join(spool, 'notes.txt'), 'x')
  const reports: string[] = []
  t.ok((await resend(spool, { trackingUri: server.uri, report: (line) => reports.push(line) })) >= 1)
  t.strictSame(
    reports,
    foreign.map((n) => `pino-mlflow: ${named(n)}: it is not a regular file of this user; it is not sent`),
  )
  t.strictSame([...server.runs.values()].flatMap(stepsOf).slice(0, 1), [1])
})

t.test('a FIFO or a link in the place of a spool that this process holds is not read', async (t) => {
  const dir = t.testdir({ secret: 'secret\n' })
  const place = { path: dir, prefix: 'mlflow', renewMs: 60_000 }
  const file = SpoolFile.create(place, '10000000-0000-4000-8000-000000000000', 'head\n')
  t.teardown(() => file.remove())
  rmSync(file.path)
  makeFifo(file.path)
  t.throws(() => [...file.lines()], { message: `${file.path} is not a regular file of this user` })
  rmSync(file.path)
  symlinkSync('secret', file.path)
  t.throws(() => [...file.lines()], { code: 'ELOOP' })
})

t.test('a spool that this user may not write stays and does not stop the others', withOrdinaryUser, async (t) => {
  const { server, spool } = await startServer(t)
  for (const step of [1, 2]) await leaveSpool(server, spool, [step])
  const [closed = '', ...others] = namesIn(spool)
  if (ordinaryUser.uid !== undefined)
    for (const path of [spool, closed, ...others]) chownSync(path, ordinaryUser.uid, ordinaryUser.uid)
  chmodSync(closed, 0o400)
  const { stdout } = await startSpoolProcess(t, ['resend', server.uri, spool], undefined, ordinaryUser).exit
  t.match(stdout, /^pino-mlflow: .*: EACCES: .*\nsent 1\n/)
  t.strictSame(namesIn(spool), [closed])
})

t.test('a spool of version 0.1.0, damaged lines and a spool without a head are handled', async (t) => {
  const { server, spool } = await startServer(t)
  await leaveSpool(server, spool, [1])
  const [own = ''] = namesIn(spool)
  const uuid = JSON.parse(readFileSync(own, 'utf8').split('\n')[0] ?? '').uuid
  const old = join(spool, `mlflow-host-1-${uuid}.ndjson`)
  renameSync(own, old)
  writeFileSync(old, `${'\0'.repeat(100)}\n{"metrics":[{"key":"a","val`, { flag: 'a' })
  writeFileSync(join(spool, `mlflow-${uuid.replaceAll(/\w/g, '0')}.free.00000000.ndjson`), '{"metr')
  const broken = join(spool, 'mlflow-f0000000-0000-4000-8000-000000000000.free.00000000.ndjson')
  writeFileSync(broken, 'garbage\n')
  ageSpools(spool)
  const reports: string[] = []
  const sending = resend(spool, { trackingUri: server.uri, report: (line) => reports.push(line) })
  await t.rejects(sending, { message: /^no run is named in the first line of .*\.ndjson$/ })
  t.match(reports, [/a damaged line of the spool/])
  t.strictSame([stepsOf(server.run), namesIn(spool).length], [[1], 1], 'the spool without a head is not removed')
})

t.test('a full disk tears no line of a spool, and the buffered records are sent in the end', async (t) => {
  const disk = mountedTmpfs('size=64k') as Mounted | undefined
  if (!disk) return t.comment('skipped: mounting takes root')
  t.teardown(() => disk.unmount())
  const { server } = await startServer(t)
  server.responseMode = 503
  const spool = join(disk.dir, 'spool')
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank, endMs: 60_000 })
  const log = async (step: number, n = 100) => {
    const metrics = Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i]))
    stream.write(`${JSON.stringify({ time: 1_700_000_000_000, metrics, step })}\n`)
    await new Promise((done) => stream.flush(done))
  }
  for (let step = 0; step < 20; step++) await log(step)
  for (const path of namesIn(spool)) {
    const lines = readFileSync(path, 'utf8').split('\n')
    t.equal(lines.pop(), '', 'the last line is whole')
    t.doesNotThrow(() => lines.map((line) => JSON.parse(line)))
  }
  server.responseMode = 'normal'
  await new Promise((closed) => stream.end().once('close', closed))
  t.strictSame([server.run.metrics.length, stream.stats().drops, namesIn(spool)], [2000, 0, []])
})

t.test('if the server creates a run late, the second run is deleted', async (t) => {
  const { server, spool } = await startServer(t)
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank, endMs: 60_000 })
  const log = (record: object) => stream.write(`${JSON.stringify({ time: 1_700_000_000_000, ...record })}\n`)
  server.late = 'runs/create'
  log({ metrics: { a: 1 }, step: 1 })
  t.match(await new Promise((done) => stream.flush(done)), { name: 'MlflowError' })
  log({ run: { status: 'finished' } })
  await new Promise((closed) => stream.end().once('close', closed))
  t.equal(server.requests.filter(({ path }) => path.endsWith('runs/create')).length, 2)
  t.strictSame([server.run.status, stepsOf(server.run)], ['FINISHED', [1]])
})
