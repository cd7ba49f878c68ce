import { join } from 'node:path'
import t from 'tap'
import { gateTarget } from '../logger/gated-target.ts'
import { pinoLevels } from '../record/levels.ts'
import type { GateOptions } from './declaration.ts'
import { openSink } from './open-sink.ts'

const declaration = { ranks: '0', others: 'error' }
const as = (rank: number) => ({ rank, launcher: 'test', worldSize: 4 })

/** Returns what `openSink` passes to the sink as `open`. */
function openOf(options: GateOptions): boolean | undefined {
  let passed: boolean | undefined
  openSink(options, declaration, ({ open }) => {
    passed = open
    return { write: () => true, end() {} }
  })
  return passed
}

t.test('openSink passes the sink whether its rank is one of the entry’s ranks', async (t) => {
  t.equal(openOf({ rank: as(0) }), true)
  t.equal(openOf({ rank: as(3) }), false)
  t.equal(openOf({ rank: as(3), ranks: '1-' }), true)
  t.equal(openOf({ rank: as(0), ranks: '1-', open: true }), false, 'the gate decides, not the option `open`')
  t.equal(openOf({ rank: as(3), gate: false, open: true }), true, 'as the logger in front has decided')
  t.equal(openOf({ rank: as(3), gate: false, open: false }), false)
})

t.test('rankLogger passes its decision to the sink that it builds', async (t) => {
  const target = join(t.testdir({ 'sink.cjs': `exports.rank = ${JSON.stringify(declaration)}` }), 'sink.cjs')
  const built = (rank: number, ranks?: string) =>
    gateTarget(
      { target, ...(ranks && { ranks }), options: { open: 'mine' } },
      {
        ...{ rank: as(rank), levels: pinoLevels, shared: {}, callers: [] },
      },
    ).built
  t.match(built(0), { options: { gate: false, open: true } })
  t.match(built(3), { options: { gate: false, open: false } })
  t.match(built(3, '*'), { options: { gate: false, open: true } })
})
