/** The example of a sink of one's own, as a target of `rankLogger` in real ranks. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startRank } from './kit/ranks.ts'

const program = new URL('./programs/own-sinks.js', import.meta.url)

/** Runs a rank of two, which logs a line of each of four levels, to its end. Returns the number of pino's workers. */
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

t.test('own-transport: only the open rank writes, in pino’s worker; the others write their errors', async (t) => {
  const path = join(t.testdir(), 'own.log')
  t.equal(await workersOf(t, 0, path), 1)
  t.strictSame(linesOf(path), ['0 i', '0 w', '0 e'])
  t.equal(await workersOf(t, 1, path), 1, 'started by its error')
  t.strictSame(linesOf(path), ['0 i', '0 w', '0 e', '1 e'])
})

t.test('own-transport: a rank that writes nothing has no worker and no file', async (t) => {
  const path = join(t.testdir(), 'own.log')
  t.equal(await workersOf(t, 1, path, { others: 'silent' }), 0)
  t.equal(existsSync(path), false)
  t.equal(await workersOf(t, 1, path, { ranks: '1' }), 1, 'unless it is one of the ranks that the program names')
  t.strictSame(linesOf(path), ['1 i', '1 w', '1 e'])
})
