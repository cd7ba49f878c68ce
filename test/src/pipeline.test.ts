import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { runRanks } from './kit/ranks.ts'

const program = new URL('./programs/many-loggers.js', import.meta.url)
const tag = { target: fileURLToPath(new URL('./programs/tagging-transform.js', import.meta.url)) }

/**
 * Returns the messages and ranks of the lines as `i1 e1`.
 * Checks that each line names its rank once and passed the first step.
 */
function read(t: Test, file: string): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  for (const line of lines) {
    t.equal(line.split('"rank":').length, 2, line)
    t.match(JSON.parse(line), { tagged: true })
  }
  const records = lines.map((line) => JSON.parse(line))
  return [0, 1]
    .flatMap((rank) => records.filter((record) => record.rank === rank))
    .map(({ msg, rank }) => `${msg}${rank}`)
    .join(' ')
}

const file = (path: string, options: object = {}) => ({ target: 'pino-rank-file', options: { path, ...options } })
const split = (path: string) => ({ target: 'pino-rank-split', options: { path } })
const plain = (destination: string) => ({ target: 'pino/file', options: { destination } })
const gated = (target: string, options: object) => ({ target: 'pino-rank/target', options: { target, options } })

/** Pipelines, what each writes, and the loggers that support it. The gate of the last step is that of the pipeline. */
const cases: [name: string, transport: (path: string) => object, expected: string, kinds?: string[]][] = [
  ['our sink at the end', (path) => ({ pipeline: [tag, file(path)] }), 'i0 e0 e1'],
  ['ranks with a pipeline', (path) => ({ ranks: '*', pipeline: [tag, file(path)] }), 'i0 e0 i1 e1', ['rankLogger']],
  [
    'the gate in its own options',
    (path) => ({ pipeline: [tag, file(path, { ranks: '1', others: 'silent' })] }),
    'i1 e1',
  ],
  ['several steps', (path) => ({ pipeline: [tag, tag, file(path, { ranks: '*' })] }), 'i0 e0 i1 e1'],
  [
    'one of several targets',
    (path) => ({ targets: [{ pipeline: [tag, file(path)] }, plain('/dev/null')] }),
    'i0 e0 e1',
  ],
  ['the only one of targets', (path) => ({ targets: [{ pipeline: [tag, file(path)] }] }), 'i0 e0 e1'],
  ['a target behind a gate', (path) => ({ pipeline: [tag, gated('pino/file', { destination: path })] }), 'i0 e0 e1'],
  ['a foreign target at the end', (path) => ({ pipeline: [tag, plain(path)] }), 'i0 e0 e1', ['rankLogger']],
]

for (const kind of ['pino', 'rankLogger']) {
  t.test(`${kind}: a pipeline is gated once, by its last step`, async (t) => {
    const dir = t.testdir()
    const tried = cases.filter(([, , , kinds = [kind]]) => kinds.includes(kind))
    const path = (index: number) => join(dir, `${index}.log`)
    const splits = { pipeline: [tag, split(join(dir, 'split.log'))] }
    const inner = { pipeline: [tag, gated('pino-rank-split', { path: join(dir, 'inner.log') })] }
    const transports = [...tried.map(([, transport], i) => transport(path(i))), splits, inner]
    const ranks = await runRanks(t, program, { ranks: 2, args: [kind, JSON.stringify(transports)] })
    t.strictSame(ranks, Array(2).fill({ code: 0, signal: null, stdout: '', stderr: '' }))
    for (const [i, [name, , expected]] of tried.entries()) t.equal(read(t, path(i)), expected, name)
    for (const name of ['split', 'inner']) t.equal(read(t, join(dir, `${name}.rank-1.log`)), 'i1 e1', name)
  })
}

t.test('setGate opens a pipeline on a gated rank', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const args = ['setGate', JSON.stringify([{ pipeline: [tag, file(path)] }])]
  const ranks = await runRanks(t, program, { ranks: 2, args })
  t.strictSame(ranks, Array(2).fill({ code: 0, signal: null, stdout: '', stderr: '' }))
  t.equal(read(t, path), 'i0 e0 i1 e1')
})
