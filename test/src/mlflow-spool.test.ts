import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs' // biome-ignore format: one line
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { mlflowStream, resend } from 'pino-mlflow'
import t, { type Test } from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'
import { MlflowServer } from './kit/mlflow-server.ts'
import { type Mounted, mountedTmpfs } from './kit/mounted.ts'
import { type Text, textOf, untilText } from './kit/until-text.ts'

t.setTimeout(300_000)

const program = fileURLToPath(new URL('./kit/programs/spool-process.js', import.meta.url))
const soleRank = { rank: 0, launcher: 'test' } as const

interface SpoolProcess {
  child: ChildProcess
  said: Text
  /** Its last line begins so. */
  until(wanted: RegExp): Promise<void>
}

/** Starts the program, in a container of its own with this host name where one is given. */
function start(t: Test, args: string[], host?: string): SpoolProcess {
  const container = ['unshare', '--pid', '--mount-proc', '--uts', '--fork', '--kill-child', 'sh', '-c']
  const inside = host ? [...container, `hostname ${host}; exec "$@"`, 'sh'] : []
  const [command = '', ...words] = [...inside, ...unhookedNode, program, ...args]
  const child = spawn(command, words, { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const said = textOf(child.stdout as Readable)
  return { child, said, until: (wanted) => untilText(said, wanted) }
}

/** Sends a signal to the one process of a container. */
function signal({ child }: SpoolProcess, name: NodeJS.Signals): void {
  process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')), name)
}

async function kill({ child }: SpoolProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

async function ended({ child, said }: SpoolProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  else await untilText(said, /$/)
  return said.text
}

async function serve(t: Test): Promise<{ server: MlflowServer; spool: string }> {
  const server = await MlflowServer.start()
  t.teardown(() => server.stop())
  return { server, spool: join(t.testdir(), 'spool') }
}

/** Leaves a spool of one run with these steps, which nobody holds. */
async function leave(server: MlflowServer, spool: string, steps: number[]): Promise<void> {
  const { mood } = server
  server.mood = 503
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank })
  for (const step of steps) stream.write(`${JSON.stringify({ time: 1_700_000_000_000, metrics: { a: step }, step })}\n`)
  await new Promise((closed) => stream.end().once('close', closed))
  server.mood = mood
}

const namesIn = (spool: string) => readdirSync(spool).map((name) => join(spool, name))

/** As if nobody had renewed them for two minutes. */
function age(spool: string): void {
  for (const path of namesIn(spool)) utimesSync(path, Date.now() / 1000 - 120, Date.now() / 1000 - 120)
}

const stepsOf = ({ metrics }: { metrics: { step: number }[] }) => metrics.map(({ step }) => step).sort((a, b) => a - b)

const containers = (() => {
  try {
    execFileSync('unshare', ['--pid', '--mount-proc', '--uts', '--fork', 'true'], { stdio: 'ignore' })
    return {}
  } catch {
    return { skip: 'namespaces take root' }
  }
})()

t.test('the spool of a dead process is sent, that of a living one is not', async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const holder = start(t, ['hold', server.uri, spool])
  await holder.until(/logged 1/)
  server.mood = 'well'
  age(spool)
  t.equal(await resend(spool, { trackingUri: server.uri, report: (line) => t.fail(line) }), 0, 'it is stopped, or busy')
  await kill(holder)
  t.equal(await resend(spool, { trackingUri: server.uri }), 1)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
})

t.test(
  'two containers whose process is number 1: each leaves the other’s spool until it is dead',
  containers,
  async (t) => {
    const { server, spool } = await serve(t)
    server.mood = 503
    const holder = start(t, ['hold', server.uri, spool], 'boxa')
    await holder.until(/logged 1/)
    server.mood = 'well'
    const early = await ended(start(t, ['resend', server.uri, spool], 'boxb'))
    t.match(early, /a process on boxa may still be writing it; .*\nsent 0/)
    await kill(holder)
    t.match(await ended(start(t, ['resend', server.uri, spool], 'boxa')), /sent 0/, 'it may still be alive')
    age(spool)
    t.match(await ended(start(t, ['resend', server.uri, spool], 'boxa')), /sent 1/)
    t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
  },
)

t.test('a container that ends tells that its spool is free', containers, async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const holder = start(t, ['hold', server.uri, spool], 'boxa')
  await holder.until(/logged 1/)
  holder.child.stdin?.end()
  await ended(holder)
  server.mood = 'well'
  t.match(await ended(start(t, ['resend', server.uri, spool], 'boxb')), /sent 1/)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
})

t.test('a process that seemed dead and was not: one run, and nothing is lost', containers, async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const holder = start(t, ['hold', server.uri, spool], 'boxa')
  await holder.until(/logged 1/)
  signal(holder, 'SIGSTOP')
  age(spool)
  server.mood = 'well'
  t.match(await ended(start(t, ['resend', server.uri, spool], 'boxb')), /sent 1/)
  server.mood = 503
  signal(holder, 'SIGCONT')
  holder.child.stdin?.write('\n')
  await holder.until(/logged 2/)
  t.equal(namesIn(spool).length, 1, 'it continues in a new file')
  server.mood = 'well'
  holder.child.stdin?.end()
  await ended(holder)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
})

t.test(
  'while another process sends the beginning of a run, its own process does not make it',
  containers,
  async (t) => {
    const { server, spool } = await serve(t)
    server.mood = 503
    const holder = start(t, ['hold', server.uri, spool], 'boxa')
    await holder.until(/logged 1/)
    age(spool)
    let answer = () => {}
    server.mood = new Promise((resolve) => {
      answer = resolve
    })
    const asked = server.requests.length
    const sender = start(t, ['resend', server.uri, spool], 'boxb')
    while (server.requests.length === asked) await server.nextRequest()
    server.mood = 'well'
    holder.child.stdin?.write('\n')
    await holder.until(/logged 2/)
    t.equal(server.runs.size, 0)
    answer()
    t.match(await ended(sender), /sent 1/)
    holder.child.stdin?.end()
    await ended(holder)
    t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
  },
)

t.test('several processes send at once: each spool goes once', async (t) => {
  const { server, spool } = await serve(t)
  for (let run = 0; run < 20; run++) await leave(server, spool, [run])
  const senders = Array.from({ length: 4 }, () => start(t, ['resend', server.uri, spool]))
  const said = await Promise.all(senders.map(ended))
  const sent = said.map((text) => Number(/sent (\d+)/.exec(text)?.[1]))
  t.equal(
    sent.reduce((sum, count) => sum + count),
    20,
  )
  t.strictSame([...server.runs.values()].flatMap(stepsOf).sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n)) // biome-ignore format: a line
  t.equal(server.requests.filter(({ path }) => path.endsWith('runs/create')).length, 20)
  t.strictSame(namesIn(spool), [])
})

t.test('a sender that is killed at any step: one run, all of it, once', async (t) => {
  const { server, spool } = await serve(t)
  await leave(server, spool, [0])
  const calls = Number(/calls (\d+)/.exec(await ended(start(t, ['resend', server.uri, spool])))?.[1])
  t.ok(calls > 10)
  for (let at = 1; at <= calls; at++) {
    server.runs.clear()
    await leave(server, spool, [1, 2])
    await ended(start(t, ['resend', server.uri, spool, String(at)]))
    await resend(spool, { trackingUri: server.uri, report: (line) => t.fail(line) })
    t.strictSame([stepsOf(server.run), readdirSync(spool).filter((name) => name.endsWith('.ndjson'))], [[1, 2], []], `step ${at}`) // biome-ignore format: a line
  }
})

t.test('a process that is killed at any step of spooling: what it has logged is sent once', async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const whole = start(t, ['hold', server.uri, spool])
  whole.child.stdin?.end('\n')
  const calls = Number(/calls (\d+)/.exec(await ended(whole))?.[1])
  t.ok(calls > 5)
  for (let at = 1; at <= calls; at++) {
    server.mood = 'well'
    await resend(spool, { trackingUri: server.uri })
    server.runs.clear()
    server.mood = 503
    const holder = start(t, ['hold', server.uri, spool, String(at)])
    holder.child.stdin?.on('error', () => {}).end('\n')
    const logged = [...(await ended(holder)).matchAll(/logged (\d)/g)].map(([, step]) => Number(step))
    server.mood = 'well'
    await resend(spool, { trackingUri: server.uri, report: (line) => t.fail(line) })
    const steps = [...server.runs.values()].flatMap(stepsOf)
    t.ok(server.runs.size <= 1 && logged.every((step, n) => steps[n] === step), `step ${at}: ${logged} of ${steps}`)
  }
})

t.test('what is no spool of this user stays, and stops nothing', async (t) => {
  const { server, spool } = await serve(t)
  await leave(server, spool, [1])
  const [own = ''] = namesIn(spool)
  const text = readFileSync(own)
  const named = (n: number) => join(spool, `mlflow-${n}0000000-0000-4000-8000-000000000000.free.0000000${n}.ndjson`)
  execFileSync('mkfifo', [named(1)])
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
  const said: string[] = []
  t.ok((await resend(spool, { trackingUri: server.uri, report: (line) => said.push(line) })) >= 1)
  t.strictSame(
    said,
    foreign.map((n) => `pino-mlflow: ${named(n)}: it is no file of this user’s; it is not sent`),
  )
  t.strictSame([...server.runs.values()].flatMap(stepsOf).slice(0, 1), [1])
})

t.test('a spool of version 0.1.0, damaged lines, a spool without a head', async (t) => {
  const { server, spool } = await serve(t)
  await leave(server, spool, [1])
  const [own = ''] = namesIn(spool)
  const uuid = JSON.parse(readFileSync(own, 'utf8').split('\n')[0] ?? '').uuid
  const old = join(spool, `mlflow-host-1-${uuid}.ndjson`)
  renameSync(own, old)
  writeFileSync(old, `${'\0'.repeat(100)}\n{"metrics":[{"key":"a","val`, { flag: 'a' })
  writeFileSync(join(spool, `mlflow-${uuid.replaceAll(/\w/g, '0')}.free.00000000.ndjson`), '{"metr')
  const broken = join(spool, 'mlflow-f0000000-0000-4000-8000-000000000000.free.00000000.ndjson')
  writeFileSync(broken, 'garbage\n')
  age(spool)
  const said: string[] = []
  const sending = resend(spool, { trackingUri: server.uri, report: (line) => said.push(line) })
  await t.rejects(sending, { message: /^the first line of .*\.ndjson does not name a run$/ })
  t.match(said, [/a damaged line of the spool/])
  t.strictSame([stepsOf(server.run), namesIn(spool).length], [[1], 1], 'the broken one stays')
})

t.test('a full disk: nothing is torn, and what waits is sent when there is room', async (t) => {
  const disk = mountedTmpfs('size=64k') as Mounted | undefined
  if (!disk) return t.comment('skipped: mounting takes root')
  t.teardown(() => disk.unmount())
  const { server } = await serve(t)
  server.mood = 503
  const spool = join(disk.dir, 'spool')
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank })
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
  server.mood = 'well'
  await new Promise((closed) => stream.end().once('close', closed))
  t.strictSame([server.run.metrics.length, stream.stats().drops, namesIn(spool)], [2000, 0, []])
})

t.test('a request for a run that is carried out late leaves no second run', async (t) => {
  const { server, spool } = await serve(t)
  const stream = mlflowStream({ trackingUri: server.uri, spool, rank: soleRank })
  const log = (record: object) => stream.write(`${JSON.stringify({ time: 1_700_000_000_000, ...record })}\n`)
  server.late = 'runs/create'
  log({ metrics: { a: 1 }, step: 1 })
  t.match(await new Promise((done) => stream.flush(done)), { name: 'MlflowError' })
  log({ run: { status: 'finished' } })
  await new Promise((closed) => stream.end().once('close', closed))
  t.equal(server.requests.filter(({ path }) => path.endsWith('runs/create')).length, 2)
  t.strictSame([server.run.status, stepsOf(server.run)], ['FINISHED', [1]])
})
