import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifests } from 'pino-rank-split/read'
import t, { type Test } from 'tap'
import { startRank } from './kit/ranks.ts'
import type { TestProcess } from './kit/start-process.ts'

const program = new URL('./programs/split-process.js', import.meta.url)

/** Starts rank 3 of 4. Messages control it. */
function start(t: Test, path: string, ...args: string[]): TestProcess {
  return startRank(t, program, 3, { worldSize: 4, args: [path, ...args], stdout: 'pipe' })
}

/** Sends messages, and waits for the answer to each before the next. */
async function tell(rank: TestProcess, ...messages: string[]): Promise<void> {
  for (const message of messages) await rank.request(message)
}

/** Ends the rank. Resolves when its helper, which sees the end of its parent, has ended too. */
async function end(rank: TestProcess, way: 'end' | 'kill'): Promise<void> {
  rank.send(way)
  await rank.exit
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
    const rank = start(t, join(dir, 'train.log'))
    await tell(rank, 'fork')
    await tell(rank, ...(order === 'the rank' ? ['log', 'helper: log'] : ['helper: log', 'log']))
    t.match(manifestIn(t, dir), { pid: rank.pid, exit: 'unknown' })
    await tell(rank, 'log', 'helper: log', 'helper: log', 'helper: end')
    t.match(manifestIn(t, dir), { pid: rank.pid, exit: 'unknown' }, 'the helper has ended')
    await end(rank, 'end')
    t.match(manifestIn(t, dir), { pid: rank.pid, lines: 2, exit: 0, files: ['train.rank-3.log'] })
    t.equal(linesIn(join(dir, 'train.rank-3.log')), 5)
  })
}

for (const way of ['end', 'kill'] as const) {
  for (const hasLogged of [true, false]) {
    const name = `${way === 'end' ? 'has ended' : 'was killed'}; the helper ${hasLogged ? 'had' : 'had not'} logged before`
    t.test(`a helper that outlives its rank does not write the manifest: the rank ${name}`, { skip }, async (t) => {
      const dir = t.testdir()
      const rank = start(t, join(dir, 'train.log'))
      await tell(rank, 'log', 'fork', ...(hasLogged ? ['helper: log'] : []))
      await end(rank, way)
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
    const first = start(t, join(dir, 'train.log'))
    await tell(first, 'log', 'fork', 'helper: log')
    await end(first, 'kill')
    const second = start(t, join(dir, 'train.log'))
    await tell(second, 'log')
    t.match(manifestIn(t, dir), { pid: second.pid })
    await end(second, 'end')
    t.match(manifestIn(t, dir), { pid: second.pid, lines: 1, exit: 0 })
  },
)

t.test('the rank’s manifest lists the files that a helper has rotated', { skip }, async (t) => {
  const dir = t.testdir()
  const rank = start(t, join(dir, 'train.log'), '100')
  await tell(rank, 'log', 'fork', 'helper: log', 'helper: log', 'helper: log')
  t.match(manifestIn(t, dir), { pid: rank.pid })
  await tell(rank, 'helper: end')
  await end(rank, 'end')
  const rotated = readdirSync(dir).filter((name) => /\.log\.\d+$/.test(name))
  t.ok(rotated.length > 0)
  t.match(manifestIn(t, dir), { pid: rank.pid, exit: 0 })
  const oldestFirst = rotated.map((_, at) => `train.rank-3.log.${at + 1}`)
  t.strictSame(manifestIn(t, dir)?.files, [...oldestFirst, 'train.rank-3.log'])
})
