import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { FitOptions } from './kit/fit.ts'
import { alive, type NodeRun, records, runNode } from './kit/run-node.ts'
import { temporary } from './kit/temporary.ts'

/** Starts a fit that puts its temporary files into `folder`. */
function fit(t: Test, options: FitOptions, folder: string = temporary(t)): NodeRun {
  return runNode('kit/fit.js', { args: [JSON.stringify(options)], env: { TMPDIR: folder } })
}

function pids(stdout: string): number[] {
  return [...stdout.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid))
}

/** Returns the files that a fit has not removed, without the folder of the collector's sockets, which stays. */
function remainingFiles(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter(
    (name) => name !== `ranklog-${process.getuid?.()}`,
  )
}

/** Resolves when `count` ranks have started their fit. */
async function started(stdout: NodeJS.ReadableStream, count: number): Promise<void> {
  let text = ''
  await new Promise<void>((resolve) => {
    stdout.on('data', (chunk) => {
      text += chunk
      if (pids(text).length === count) resolve()
    })
  })
}

for (const optimizer of ['sgd', 'adam'] as const) {
  t.test(`${optimizer}: 2 ranks with batch size 16 train the same parameters as 1 with batch size 32`, async (t) => {
    const train = async (devices: number): Promise<number[]> => {
      const parameters = join(temporary(t), 'parameters.json')
      const { code, stderr } = await fit(t, { devices, optimizer, parameters }).ended
      t.equal(code, 0, stderr)
      return JSON.parse(readFileSync(parameters, 'utf8'))
    }
    const [alone, together] = (await Promise.all([train(1), train(2)])) as [number[], number[]]
    const apart = Math.max(...alone.map((value, i) => Math.abs(value - (together[i] as number))))
    t.equal(together.length, 20 * 16 + 16 + 16 * 3 + 3)
    t.ok(apart < 1e-5, `at most ${apart} apart`)
    t.comment(`largest difference ${apart}`)
  })
}

t.test('the parent collects the stdout of its ranks, and lines of 10,000 bytes stay whole', async (t) => {
  const { code, stdout, stderr } = await fit(t, { devices: 3, lines: 50 }).ended
  t.equal(code, 0, stderr)
  const found = records(stdout.replace(/^pid .*\n/gm, ''))
  for (const rank of [0, 1, 2]) {
    const own = found.filter((record) => record.rank === rank)
    t.strictSame(
      own.map(({ seq }) => seq),
      Array.from({ length: 50 }, (_, seq) => seq),
    )
    t.match(stderr, `rank ${rank}: 0 lines bypassed the collector`)
  }
})

t.test('without the all-reduce the parameters differ, and fit rejects after the first epoch', async (t) => {
  const { code, stderr } = await fit(t, { devices: 2, syncGradients: false, maxEpochs: 2 }).ended
  t.equal(code, 1)
  const [, one, other] =
    /parameters differ after epoch 0: rank \d has (\w{64}), rank \d has (\w{64})/.exec(stderr) ?? []
  t.ok(one && other && one !== other, stderr)
  t.match(stderr, /Error: rank \d exited with code 1: Error: parameters differ/)
})

t.test('if a rank is killed, fit rejects, names the rank, and leaves no process and no file', async (t) => {
  const folder = temporary(t)
  const run = fit(t, { devices: 3, dies: 1, maxEpochs: 1000 }, folder)
  const { code, stdout, stderr } = await run.ended
  t.equal(code, 1)
  t.match(stderr, /Error: rank 1 was ended by SIGKILL/)
  t.equal(pids(stdout).length, 3)
  t.notOk(pids(stdout).some(alive))
  t.same(remainingFiles(folder), [])
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  t.test(`${signal} to the parent ends the ranks too`, async (t) => {
    const folder = temporary(t)
    const run = fit(t, { devices: 2, maxEpochs: 100_000 }, folder)
    await started(run.stdout, 2)
    process.kill(run.pid, signal)
    const ended = await run.ended
    t.equal(ended.signal, signal)
    if (signal === 'SIGKILL') return // `ended` resolves only when the ranks have closed their stdout
    t.notOk(pids(ended.stdout).some(alive))
    t.same(remainingFiles(folder), [])
  })
}

t.test('ranks that another launcher started find each other by the id of their run', async (t) => {
  const folder = temporary(t)
  const ranks = [0, 1].map((rank) => {
    const env = { TMPDIR: folder, RANKLOG_RANK: `${rank}`, RANKLOG_WORLD_SIZE: '2', RANKLOG_RUN_ID: 'fit' }
    return runNode('kit/fit.js', { args: [JSON.stringify({ devices: 2 })], env }).ended
  })
  for (const { code, stderr } of await Promise.all(ranks)) t.equal(code, 0, stderr)
  t.same(remainingFiles(folder), [])
})
