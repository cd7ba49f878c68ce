/** The example `own-transport`, as a target of `rankLogger` in real ranks. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startRank } from './kit/ranks.ts'

const program = new URL('./programs/own-sinks.js', import.meta.url)

/** Runs one of two ranks, which logs a line of each of four levels. Returns the number of workers that pino started. */
async function workersOf(t: Test, rank: number, path: string, gate: object = {}): Promise<number> {
  const args = [JSON.stringify({ target: 'own-transport', options: { path }, ...gate })]
  const started = startRank(t, program, rank, { worldSize: 2, args })
  const { workers } = await started.nextMessage<{ workers: number }>()
  t.match(await started.exit, { code: 0, signal: null, stderr: '' })
  return workers
}

const linesOf = (path: string) => {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line)).map(({ rank, msg }) => `${rank} ${msg}`)
}

t.test('own-transport writes all lines of the open rank, and the errors of the others, in pino’s worker', async (t) => {
  const path = join(t.testdir(), 'own.log')
  t.equal(await workersOf(t, 0, path), 1)
  t.strictSame(linesOf(path), ['0 i', '0 w', '0 e'])
  t.equal(await workersOf(t, 1, path), 1, 'its error starts the worker')
  t.strictSame(linesOf(path), ['0 i', '0 w', '0 e', '1 e'])
})

t.test('own-transport starts no worker and creates no file on a rank that may not write', async (t) => {
  const path = join(t.testdir(), 'own.log')
  t.equal(await workersOf(t, 1, path, { others: 'silent' }), 0)
  t.equal(existsSync(path), false)
  t.equal(await workersOf(t, 1, path, { ranks: '1' }), 1, 'a rank of the option "ranks" has a worker')
  t.strictSame(linesOf(path), ['1 i', '1 w', '1 e'])
})
