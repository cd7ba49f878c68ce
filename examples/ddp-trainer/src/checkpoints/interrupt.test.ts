// Signals to fits with a ModelCheckpoint: the first one saves a checkpoint and ends the ranks, the second one ends them at once.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import type { InterruptedRunOptions } from '../kit/interrupted-run.ts'
import { alive, type NodeRun, type NodeRunOptions, printsLine, ranklog, records, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint-file.ts'

const program = 'kit/interrupted-run.js'

function start(t: Test, cwd: string, options: InterruptedRunOptions, how: NodeRunOptions = {}): NodeRun {
  const run = runNode(program, { cwd, args: [JSON.stringify(options)], ...how })
  t.teardown(() => alive(run.pid) && process.kill(run.pid, 'SIGKILL'))
  return run
}

async function lastOf(cwd: string): Promise<Checkpoint> {
  return (await readCheckpoint(join(cwd, 'run/last.ckpt'), 0)).checkpoint
}

/** The steps in train.log. */
function loggedSteps(cwd: string): number[] {
  return records(readFileSync(join(cwd, 'run/train.log'), 'utf8')).flatMap(({ metrics, step }) =>
    metrics ? [step as number] : [],
  )
}

/** Checks that `last.ckpt` is that of the last logged step, and that a resumed fit continues with the next one. */
async function checkSaved(t: Test, cwd: string, devices: number, stderr: string, signal: string): Promise<void> {
  const { globalStep, ranks } = await lastOf(cwd)
  t.match(stderr, `${signal}: saved run/last.ckpt at step ${globalStep}; continue with ckptPath: 'last'\n`)
  t.equal(ranks?.length, devices)
  t.ok(globalStep >= 20)
  const steps = Array.from({ length: globalStep }, (_, step) => step)
  t.strictSame(loggedSteps(cwd), steps, 'every step is logged once')
  t.strictSame(readdirSync(join(cwd, 'run')).sort(), ['last.ckpt', 'train.log'])
  const { code, stderr: error } = await start(t, cwd, { devices, maxSteps: globalStep + 5 }).ended
  t.equal(code, 0, error)
  t.strictSame(loggedSteps(cwd), [...steps, ...[0, 1, 2, 3, 4].map((step) => globalStep + step)])
}

for (const [devices, signal, target] of [
  [2, 'SIGINT', 'the parent'],
  [2, 'SIGTERM', 'the parent'],
  [2, 'SIGINT', 'the process group'],
  [1, 'SIGINT', 'the process'],
  [1, 'SIGTERM', 'the process'],
] as const)
  t.test(`${signal} to ${target} of ${devices} ranks saves last.ckpt, and ends it by that signal`, async (t) => {
    const cwd = temporary(t)
    const run = start(t, cwd, { devices }, { detached: true })
    await printsLine(run, 'step 20')
    process.kill(target === 'the process group' ? -run.pid : run.pid, signal)
    const { signal: end, stderr } = await run.ended
    t.equal(end, signal)
    await checkSaved(t, cwd, devices, stderr, signal)
  })

t.test('SIGINT to one rank of torchrun saves last.ckpt, and ends all ranks by that signal', async (t) => {
  const cwd = temporary(t)
  const runs = [0, 1].map((rank) => {
    const env = Object.entries(torchrunEnv(rank, { worldSize: 2, runId: 'interrupt' }))
    return start(t, cwd, { devices: 2 }, { env: Object.fromEntries(env.map(([name, value]) => [name, `${value}`])) })
  }) as [NodeRun, NodeRun]
  await printsLine(runs[0], 'step 20')
  process.kill(runs[1].pid, 'SIGINT')
  const ended = await Promise.all(runs.map((run) => run.ended))
  t.strictSame(
    ended.map(({ signal }) => signal),
    ['SIGINT', 'SIGINT'],
  )
  await checkSaved(t, cwd, 2, ended.map(({ stderr }) => stderr).join(''), 'SIGINT')
})

t.test('SIGINT to ranklog run saves last.ckpt', async (t) => {
  const cwd = temporary(t)
  const script = new URL(`../${program}`, import.meta.url).pathname
  const args = ['run', '-n', '2', '--', process.execPath, script, JSON.stringify({ devices: 2 })]
  const run = runNode(ranklog, { cwd, args })
  t.teardown(() => alive(run.pid) && process.kill(run.pid, 'SIGKILL'))
  await printsLine(run, 'step 20')
  process.kill(run.pid, 'SIGINT')
  const { stderr } = await run.ended
  const { globalStep } = await lastOf(cwd)
  t.match(stderr, `SIGINT: saved run/last.ckpt at step ${globalStep}`)
  t.equal(loggedSteps(cwd).length, globalStep)
})

t.test('a signal in a validation saves before its end, and a resumed fit repeats it', async (t) => {
  const cwd = temporary(t)
  const run = start(t, cwd, { devices: 2, isValidating: true })
  await printsLine(run, 'validates')
  process.kill(run.pid, 'SIGINT')
  t.equal((await run.ended).signal, 'SIGINT')
  t.match(await lastOf(cwd), { globalStep: 10, position: { batches: 10, remaining: 'validation', step: 9 } })
  const resumed = start(t, cwd, { devices: 2, isValidating: true })
  await printsLine(resumed, 'validates')
  process.kill(resumed.pid, 'SIGINT')
  await resumed.ended
  t.match(await lastOf(cwd), { globalStep: 10 })
})

t.test('with several loaders, a validation ends after at most ten more batches of all of them', async (t) => {
  const cwd = temporary(t)
  const { signal, stdout } = await start(t, cwd, { devices: 1, isSignalledInValidation: true }).ended
  t.equal(signal, 'SIGINT')
  t.equal(stdout.match(/^validation batch/gm)?.length, 10)
  t.match(await lastOf(cwd), { globalStep: 10, position: { batches: 10, remaining: 'validation' } })
})

for (const devices of [1, 2])
  t.test(`a second signal ends ${devices} ranks at once, and leaves no checkpoint`, async (t) => {
    const cwd = temporary(t)
    const run = start(t, cwd, { devices, stuck: 'waits' })
    await printsLine(run, 'stuck')
    process.kill(run.pid, 'SIGINT')
    process.kill(run.pid, 'SIGTERM') // another signal, because two of the same number may arrive as one
    t.match((await run.ended).signal, /SIGINT|SIGTERM/)
    t.notOk(existsSync(join(cwd, 'run/last.ckpt')))
  })

for (const stuck of ['waits', 'computes'] as const)
  t.test(`if a rank ${stuck} for ever, the ranks end after saveTimeoutMs, by the signal`, async (t) => {
    const cwd = temporary(t)
    const run = start(t, cwd, { devices: 2, stuck, saveTimeoutMs: 500 })
    await printsLine(run, 'stuck')
    process.kill(run.pid, 'SIGINT')
    t.equal((await run.ended).signal, 'SIGINT')
    t.notOk(existsSync(join(cwd, 'run/last.ckpt')))
  })
