import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pinoLevels } from '../record/index.ts'
import { gateTarget, type TargetContext } from './gated-target.ts'
import type { TargetEntry } from './rank-transport.ts'

const as = (rank: number) => ({ rank, launcher: 'test', worldSize: 4 })

const sink = `exports.rank = {
  ranks: '1-2',
  others: 'fatal',
  append: (options) => (line) => options.lines.push(line),
  checkRanks(ranks) { if (ranks === '*') throw new Error('one writer only') },
}`

/** Returns the paths of a sink with an append and of a step before it, and a function that gates an entry for a rank. */
function targets(t: Test) {
  const dir = t.testdir({ 'sink.cjs': sink, 'step.cjs': 'module.exports = () => {}' })
  const gateFor = (entry: TargetEntry, rank: number, context: Partial<TargetContext> = {}) =>
    gateTarget(entry, { rank: as(rank), levels: pinoLevels, shared: {}, callers: [`${dir}/`], cwd: '/job', ...context })
  return { sink: join(dir, 'sink.cjs'), step: join(dir, 'step.cjs'), gateFor }
}

t.test('an append is used for a sink alone, and not behind other steps of a pipeline', async (t) => {
  const { sink, step, gateFor } = targets(t)
  const lines: string[] = []
  const options = { lines }
  for (const entry of [{ target: sink, options }, { pipeline: [{ target: sink, options }] }])
    gateFor(entry as TargetEntry, 0).append?.write('1\n')
  t.strictSame(lines, ['1\n', '1\n'])
  const pipeline = [{ target: step }, { target: sink, options }]
  const piped = gateFor({ pipeline } as TargetEntry, 0)
  t.equal(piped.append, undefined)
  t.match(piped.built, { pipeline: [{ target: step }, { target: sink, options: { gate: false, open: false } }] })
  t.match(piped.gate, { ranks: '1-2', others: 'fatal', level: 'info' }, 'the gate is that of the sink')
})

t.test('the entry overrides the options of the sink, these the logger, and this the declaration', async (t) => {
  const { sink, gateFor } = targets(t)
  const options = { lines: [] }
  const shared = { ranks: '3', level: 'warn' }
  const cases: [entry: object, context: object, gate: object][] = [
    [{ options }, {}, { ranks: '1-2', others: 'fatal', level: 'info', isLeveled: false }],
    [{ options }, { shared }, { ranks: '3', others: 'fatal', level: 'warn', isLeveled: false }],
    [{ options: { ...options, ranks: '0', level: 'debug' } }, { shared }, { ranks: '0', level: 'debug', isLeveled: true }],
    [{ options: { ...options, ranks: '0' }, ranks: '*', level: 'error' }, { shared }, { ranks: '*', level: 'error', isLeveled: true }],
    [{ options, ranks: undefined, others: 'silent' }, {}, { ranks: '1-2', others: 'silent' }],
  ] // biome-ignore format: a row each
  for (const [entry, context, gate] of cases)
    t.match(gateFor({ target: sink, ...entry } as TargetEntry, 0, context).gate, gate)
})

t.test('the sink gets the decision, and not the options of the gate', async (t) => {
  const { sink, gateFor } = targets(t)
  const options = { lines: [], path: 'a', ranks: '0', rankKey: 'r', onBadRank: 'warn' }
  for (const rank of [0, 1]) {
    const { built } = gateFor({ target: sink, options } as TargetEntry, rank)
    const decided = { rank: as(rank), gate: false, open: rank === 0, cwd: '/job' }
    t.strictSame(built, { target: sink, options: { lines: [], path: 'a', ...decided } })
  }
})

t.test(
  'the ranks that would write are checked by the sink, and a target without a declaration has no check',
  async (t) => {
    const { sink, step, gateFor } = targets(t)
    const { checkRanks } = gateFor({ target: sink, options: { lines: [] } } as TargetEntry, 0)
    checkRanks?.('1')
    t.throws(() => checkRanks?.('*'), { message: 'one writer only' })
    t.equal(gateFor({ target: step } as TargetEntry, 0).checkRanks, undefined)
  },
)

t.test(
  "the file of pino's own target is found from the folder of the call, and other targets get their options",
  async (t) => {
    const { step, gateFor } = targets(t)
    const builtOf = (target: string) => gateFor({ target, options: { destination: 'a.log' } } as TargetEntry, 0).built
    t.match(builtOf('pino/file'), { options: { destination: '/job/a.log' } })
    t.match(builtOf(step), { options: { destination: 'a.log' } })
  },
)

t.test('a ready stream learns whether its rank is open', async (t) => {
  const { gateFor } = targets(t)
  const opens: boolean[] = []
  const declaration = { ranks: '1-2', others: 'fatal', opens: (open: boolean) => opens.push(open) }
  const stream = { write() {}, [Symbol.for('pino-rank')]: declaration }
  t.equal(gateFor({ stream }, 0).stream, stream)
  gateFor({ stream }, 1)
  gateFor({ stream, ranks: '0' }, 0)
  t.strictSame(opens, [false, true, true])
})
