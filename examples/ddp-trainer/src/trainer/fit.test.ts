import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { FitOptions } from '../kit/fit.ts'
import { alive, type NodeRun, pidsIn, records, remainingFiles, runNode, waitForRanks } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'

/** Starts a fit that puts its temporary files into `folder`. */
function fit(t: Test, options: FitOptions, folder: string = temporary(t)): NodeRun {
  return runNode('kit/fit.js', { args: [JSON.stringify(options)], env: { TMPDIR: folder } })
}

t.test('with SGD and Adam, 2 ranks with batch size 16 train the same parameters as 1 with batch size 32', async (t) => {
  const folder = temporary(t)
  const file = (name: string) => join(temporary(t), name)
  const [alone, together] = [file('alone'), file('together')]
  // another launcher starts the two ranks, which find each other by the id of their run
  const ranks = [0, 1].map((rank) => {
    const env = { TMPDIR: folder, RANKLOG_RANK: `${rank}`, RANKLOG_WORLD_SIZE: '2', RANKLOG_RUN_ID: 'fit' }
    return runNode('kit/fit.js', { args: [JSON.stringify({ devices: 2, parameters: together })], env }).ended
  })
  for (const { code, stderr } of await Promise.all([fit(t, { devices: 1, parameters: alone }).ended, ...ranks]))
    t.equal(code, 0, stderr)
  t.same(remainingFiles(folder), [])
  const [one, two] = [alone, together].map((path) => JSON.parse(readFileSync(`${path}.0`, 'utf8'))) as [
    number[],
    number[],
  ]
  const each = 20 * 16 + 16 + 16 * 3 + 3 // parameters of a network
  t.equal(two.length, 2 * each)
  const largest = (a: number[], b: number[]) => Math.max(...a.map((value, at) => Math.abs(value - (b[at] as number))))
  t.ok(largest(one, two) < 1e-5, `at most ${largest(one, two)} apart`)
  t.ok(largest(two.slice(0, each), two.slice(each)) > 1e-3, 'SGD and Adam train them differently')
})

t.test('the parent collects the stdout of its ranks, and lines of 10,000 bytes stay whole', async (t) => {
  const { code, stdout, stderr } = await fit(t, { devices: 2, lines: 50 }).ended
  t.equal(code, 0, stderr)
  const found = records(stdout.replace(/^pid .*\n/gm, ''))
  for (const rank of [0, 1]) {
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
  const run = fit(t, { devices: 2, dies: 1, maxEpochs: 1000 }, folder)
  const { code, stdout, stderr } = await run.ended
  t.equal(code, 1)
  t.match(stderr, /Error: rank 1 was ended by SIGKILL/)
  t.equal(pidsIn(stdout).length, 2)
  t.notOk(pidsIn(stdout).some(alive))
  t.same(remainingFiles(folder), [])
})

for (const [devices, nanRank] of [[2, 0], [4, 2]] as const) // biome-ignore format: pairs
  t.test(
    `with detectAnomaly, a NaN of rank ${nanRank} ends all ${devices} ranks, and fit rejects with one error`,
    async (t) => {
      const folder = temporary(t)
      const run = fit(t, { devices, nanRank, detectAnomaly: true, maxEpochs: 1000 }, folder)
      const { code, stdout, stderr } = await run.ended
      t.equal(code, 1)
      t.match(
        stderr,
        `Error: rank ${nanRank} exited with code 1: Error: Trainer: the loss is NaN on rank ${nanRank} at step 3.`,
      )
      t.equal(pidsIn(stdout).length, devices)
      t.notOk(pidsIn(stdout).some(alive))
      t.same(remainingFiles(folder), [])
    },
  )

t.test('SIGTERM to the parent ends the ranks too', async (t) => {
  const folder = temporary(t)
  const run = fit(t, { devices: 2, maxEpochs: 100_000 }, folder)
  await waitForRanks(run.stdout, 2)
  process.kill(run.pid, 'SIGTERM')
  const ended = await run.ended
  t.equal(ended.signal, 'SIGTERM')
  t.notOk(pidsIn(ended.stdout).some(alive))
  t.same(remainingFiles(folder), [])
})
