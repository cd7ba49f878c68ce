import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { torchrunEnv } from 'pino-rank/launch'
import { readManifests } from 'pino-rank-split/read'
import t, { type Test } from 'tap'
import { cleanEnvironment, unhookedNode } from './kit/clean-environment.ts'

const program = fileURLToPath(new URL('./programs/split-process.js', import.meta.url))
const [env, ...node] = unhookedNode

/** A rank that the test controls with messages. */
class Rank {
  readonly #child: ChildProcess
  readonly #all: Promise<unknown>

  constructor(path: string, ...args: string[]) {
    const launched = torchrunEnv(3, { worldSize: 4, runId: 'r' })
    this.#child = fork(program, [path, ...args], {
      env: { ...cleanEnvironment(), ...launched },
      execPath: env,
      execArgv: node,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#child.stdout?.resume()
    this.#all = once(this.#child.stdout as never, 'close')
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async tell(...texts: string[]): Promise<void> {
    for (const text of texts) {
      this.#child.send(text)
      await once(this.#child, 'message')
    }
  }

  /** Resolves when the rank has ended, and its helper, which notices the end of its parent. */
  async end(way: 'end' | 'kill'): Promise<void> {
    this.#child.send(way)
    await this.#all
  }
}

/** Returns the only manifest in the folder. */
function manifestIn(t: Test, dir: string) {
  const manifests = readManifests(dir)
  t.equal(manifests.length, 1)
  return manifests[0]
}

const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n').length - 1

const skip = process.platform === 'win32'

for (const order of ['the rank', 'the helper'] as const) {
  t.test(`a helper process does not write its rank’s manifest: ${order} logs first`, { skip }, async (t) => {
    const dir = t.testdir()
    const rank = new Rank(join(dir, 'train.log'))
    await rank.tell('fork')
    await rank.tell(...(order === 'the rank' ? ['log', 'helper: log'] : ['helper: log', 'log']))
    t.match(manifestIn(t, dir), { pid: rank.pid, exit: 'unknown' })
    await rank.tell('log', 'helper: log', 'helper: log', 'helper: end')
    t.match(manifestIn(t, dir), { pid: rank.pid, exit: 'unknown' }, 'the helper has ended')
    await rank.end('end')
    t.match(manifestIn(t, dir), { pid: rank.pid, lines: 2, exit: 0, files: ['train.rank-3.log'] })
    t.equal(linesIn(join(dir, 'train.rank-3.log')), 5)
  })
}

for (const way of ['end', 'kill'] as const) {
  for (const spoke of [true, false]) {
    const name = `${way === 'end' ? 'has ended' : 'was killed'}; the helper ${spoke ? 'had' : 'had not'} logged before`
    t.test(`a helper that outlives its rank does not write the manifest: the rank ${name}`, { skip }, async (t) => {
      const dir = t.testdir()
      const rank = new Rank(join(dir, 'train.log'))
      await rank.tell('log', 'fork', ...(spoke ? ['helper: log'] : []))
      await rank.end(way)
      t.match(manifestIn(t, dir), { pid: rank.pid, exit: way === 'end' ? 0 : 'unknown' })
      t.match(readFileSync(join(dir, 'train.rank-3.log'), 'utf8'), /the parent has gone/)
    })
  }
}

t.test(
  'a restarted rank writes the manifest, even after a helper of the first rank used the file',
  { skip },
  async (t) => {
    const dir = t.testdir()
    const first = new Rank(join(dir, 'train.log'))
    await first.tell('log', 'fork', 'helper: log')
    await first.end('kill')
    const second = new Rank(join(dir, 'train.log'))
    await second.tell('log')
    t.match(manifestIn(t, dir), { pid: second.pid })
    await second.end('end')
    t.match(manifestIn(t, dir), { pid: second.pid, lines: 1, exit: 0 })
  },
)

t.test('a helper that rotates does not write the manifest, which lists all files', { skip }, async (t) => {
  const dir = t.testdir()
  const rank = new Rank(join(dir, 'train.log'), '100')
  await rank.tell('log', 'fork', 'helper: log', 'helper: log', 'helper: log')
  t.match(manifestIn(t, dir), { pid: rank.pid })
  await rank.tell('helper: end')
  await rank.end('end')
  const files = readdirSync(dir).filter((name) => name.includes('.log'))
  t.ok(files.length > 1)
  t.match(manifestIn(t, dir), { pid: rank.pid, exit: 0 })
  t.strictSame([...(manifestIn(t, dir)?.files ?? [])].sort(), files.sort())
})
