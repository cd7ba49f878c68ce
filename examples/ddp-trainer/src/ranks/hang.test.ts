import { setTimeout } from 'node:timers/promises'
import { torchrunEnv } from 'pino-rank/launch'
import t, { type Test } from 'tap'
import type { HungFitOptions } from '../kit/hung-fit.ts'
import { alive, type NodeRun, pidsIn, runNode } from '../kit/run-node.ts'

/** Time in which all ranks must have ended, in ms. */
const limitMs = 10_000

function start(t: Test, options: HungFitOptions, env: Record<string, string> = {}): NodeRun {
  const run = runNode('kit/hung-fit.js', { args: [JSON.stringify(options)], env })
  t.teardown(() => alive(run.pid) && process.kill(run.pid, 'SIGKILL'))
  return run
}

/** Resolves when a rank has printed that it hangs, with what the ranks have printed. */
async function hangs({ stdout }: NodeRun): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('hangs\n')) resolve(text)
    })
  })
}

for (const [how, gradientCount] of [
  ['stopped', 2],
  ['loop', 2],
  ['stopped', 4e6], // longer than the buffers of the sockets
] as const) {
  const name = `a rank that hangs (${how}) while ${gradientCount} gradients are averaged is named and killed`
  t.test(`${name}, and all ranks end within 10 s`, async (t) => {
    const run = start(t, { devices: 4, hangs: 2, how, gradientCount })
    await hangs(run)
    const begin = performance.now()
    const { code, stdout, stderr } = await run.ended
    const ms = performance.now() - begin
    t.ok(ms < limitMs, `${ms} ms`)
    t.equal(code, 1)
    t.match(stderr, /Error: rank 2 did not respond and was killed: RankUnresponsive: rank 3 averages the gradients/)
    t.match(stderr, /but rank 2 does not respond: it has sent nothing for (7|8)[.\d]* s$/m)
    t.equal(pidsIn(stdout).length, 4)
    t.notOk(pidsIn(stdout).some(alive))
  })
}

t.test(
  'under another launcher the other ranks end within 10 s, and one of them names the rank that hangs',
  async (t) => {
    const runs = [0, 1, 2].map((rank) => {
      const env = Object.entries(torchrunEnv(rank, { worldSize: 3, runId: `hang-${process.pid}` }))
      const texts = Object.fromEntries(env.map(([name, value]) => [name, `${value}`]))
      return start(t, { devices: 3, hangs: 0 }, texts)
    }) as [NodeRun, NodeRun, NodeRun]
    const [hung, next, last] = runs
    await hangs(hung)
    const begin = performance.now()
    const [first, second] = await Promise.all([next.ended, last.ended])
    const ms = performance.now() - begin
    t.ok(ms < limitMs, `${ms} ms`)
    t.match(first, { code: 1, stderr: /RankUnresponsive: rank 1 averages .*, but rank 0 does not respond/ })
    t.match(second, { code: 1, stderr: /NeighbourLost: rank 2 lost rank (0|1)/ })
  },
)

t.test('ranks whose synchronous steps are longer than the limit do not count as hung', async (t) => {
  const { code, stdout, stderr } = await start(t, { devices: 2, stepMs: [400, 1000], hangTimeoutMs: 100 }).ended
  t.equal(code, 0, stderr)
  t.match(stdout, /^done$/m)
})

t.test('a rank that waits without an end does not count as hung, but misses the next call', async (t) => {
  const options = { devices: 3, hangs: 1, how: 'await', hangTimeoutMs: 300, syncTimeoutMs: 1500 } as const
  const { code, stderr } = await start(t, options).ended
  t.equal(code, 1)
  t.match(stderr, /CollectiveTimeout: rank \d averages the gradients .* has waited 1.5 s for rank 1 to do the same/)
})

t.test('ranks that were stopped together, for example by Ctrl-Z, do not count as hung', async (t) => {
  const limits = { hangTimeoutMs: 700, syncTimeoutMs: 5000 }
  const run = start(t, { devices: 2, hangs: 1, how: 'await', ...limits })
  const pids = pidsIn(await hangs(run))
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  await setTimeout(2 * limits.hangTimeoutMs)
  for (const pid of pids) process.kill(pid, 'SIGCONT')
  t.match((await run.ended).stderr, /CollectiveTimeout: rank 0 averages/)
})
