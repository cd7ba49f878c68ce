import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import { readEvents } from 'pino-tensorboard'
import t, { type Test } from 'tap'
import { alive, type NodeRun, records, runNode } from '../kit/run-node.ts'
import type { SignalledRunOptions } from '../kit/signalled-run.ts'
import { temporary } from '../kit/temporary.ts'

function start(t: Test, cwd: string, options: SignalledRunOptions, env: Record<string, string> = {}): NodeRun {
  const run = runNode('kit/signalled-run.js', { cwd, args: [JSON.stringify(options)], env })
  t.teardown(() => alive(run.pid) && process.kill(run.pid, 'SIGKILL'))
  return run
}

/** Resolves when rank 0 has printed this step. */
async function reachesStep({ stdout, ended }: NodeRun, step: number): Promise<void> {
  let text = ''
  const reached = new Promise<void>((resolve) => {
    stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes(`step ${step}\n`)) resolve()
    })
  })
  const tooEarly = async () => Promise.reject(new Error((await ended).stderr))
  await Promise.race([reached, ended.then(tooEarly)])
}

/** Checks that each sink of a run has every step of rank 0, and that no other file is left. */
async function checkRun(t: Test, cwd: string, minSteps = 50): Promise<void> {
  const run = join(cwd, 'run')
  const logged = records(readFileSync(join(run, 'train.log'), 'utf8')).flatMap(({ metrics, step }) =>
    metrics ? [step as number] : [],
  )
  t.ok(logged.length >= minSteps, `${logged.length} steps`)
  t.strictSame(
    logged,
    logged.map((_, step) => step),
  )
  const [header = '', ...rows] = readFileSync(join(run, 'metrics.csv'), 'utf8').trimEnd().split('\r\n')
  const column = header.split(',').indexOf('step')
  t.strictSame(
    rows.map((row) => Number(row.split(',')[column])),
    logged,
    'metrics.csv',
  )
  const names = readdirSync(run)
  const events: number[] = []
  for await (const { step, values } of readEvents(join(run, names.find((name) => name.includes('tfevents')) as string)))
    if (values.some(({ tag }) => tag === 'loss')) events.push(Number(step))
  t.strictSame(events, logged, 'the event file')
  t.notOk(existsSync(join(run, '.metrics.csv.writer')), 'the claim of metrics.csv is removed')
}

for (const [devices, signal] of [
  [2, 'SIGINT'],
  [2, 'SIGTERM'],
  [1, 'SIGINT'],
  [1, 'SIGTERM'],
] as const) {
  t.test(`${signal} to a job with devices: ${devices} loses no step, and ends it by that signal`, async (t) => {
    const cwd = temporary(t)
    const run = start(t, cwd, { devices })
    await reachesStep(run, 50)
    process.kill(run.pid, signal)
    t.equal((await run.ended).signal, signal)
    await checkRun(t, cwd)
  })
}

t.test('SIGTERM to the ranks of torchrun loses no step, and ends them by that signal', async (t) => {
  const cwd = temporary(t)
  const runs = [0, 1].map((rank) => {
    const env = Object.entries(torchrunEnv(rank, { worldSize: 2, runId: 'signals' }))
    return start(t, cwd, { devices: 2 }, Object.fromEntries(env.map(([name, value]) => [name, `${value}`])))
  })
  await reachesStep(runs[0] as NodeRun, 50)
  for (const { pid } of runs) process.kill(pid, 'SIGTERM')
  const ended = await Promise.all(runs.map((run) => run.ended))
  t.strictSame(
    ended.map(({ signal }) => signal),
    ['SIGTERM', 'SIGTERM'],
  )
  await checkRun(t, cwd)
})

t.test('an error on rank 1 loses no step of rank 0, and is the reason that the parent gives', async (t) => {
  const cwd = temporary(t)
  const { code, stderr } = await start(t, cwd, { devices: 2, throws: 1 }).ended
  t.equal(code, 1)
  t.match(stderr, /Error: rank 1 exited with code 1: Error: a broken batch/)
  await checkRun(t, cwd, 49)
})

for (const listens of ['on', 'once'] as const) {
  t.test(`a listener of the program (process.${listens}) decides what happens at the signal`, async (t) => {
    const cwd = temporary(t)
    const run = start(t, cwd, { devices: 1, listens })
    await reachesStep(run, 50)
    process.kill(run.pid, 'SIGTERM')
    const { code, signal } = await run.ended
    t.strictSame({ code, signal }, { code: 0, signal: null })
    await checkRun(t, cwd)
  })
}
