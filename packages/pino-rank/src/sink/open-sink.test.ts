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

/** Opens a sink in memory. Returns its stream and what was written to it. */
function openMemory(options: GateOptions) {
  const calls: string[] = []
  const stream = openSink(options, declaration, () => ({
    write: (text: string) => calls.push(text) > 0,
    end: (text?: string) => void calls.push(`end ${text}`),
  }))
  return { stream, calls }
}

t.test('a transport in pure JSON filters its lines, and the last one needs no newline', async (t) => {
  const { stream, calls } = openMemory({ rank: as(3) })
  t.equal(stream.write('{"level":30}\n{"lev'), true)
  t.strictSame(calls, [])
  stream.write('el":50}\n{"level":60}')
  t.strictSame(calls.splice(0), ['{"rank":3,"level":50}\n'])
  stream.end()
  t.strictSame(calls, ['{"rank":3,"level":60}\n', 'end undefined'])
  const unused = openMemory({ rank: as(3), rankKey: 'r' })
  unused.stream.write('{"level":30}')
  unused.stream.end()
  t.strictSame(unused.calls, ['end undefined'])
})

t.test(
  'under rankLogger the lines are not changed, and the options of the gate are not those of the sink',
  async (t) => {
    const { stream, calls } = openMemory({ rank: as(3), gate: false })
    stream.write('{"level":30}\n')
    t.strictSame(calls, ['{"level":30}\n'])
    let passed: object = {}
    const options = { path: 'a', rank: as(1), ranks: '1', others: 'warn', level: 'debug', rankKey: 'r', cwd: '/job' }
    const levels: object[] = []
    const open = (given: object, all: object) => {
      passed = given
      levels.push(all)
      return { write: () => true, end() {} }
    }
    openSink({ ...options, levels: { audit: 35 } } as never, declaration, open)
    t.strictSame(passed, { path: 'a', rank: as(1), open: true, cwd: '/job' })
    t.match(levels, [{ audit: 35, info: 30 }])
  },
)

t.test('a sink that allows one writer refuses the ranks of a transport in pure JSON', async (t) => {
  const checked: unknown[] = []
  const single = { ...declaration, checkRanks: (...given: unknown[]) => void checked.push(given) }
  openSink({ rank: as(1), ranks: '1', path: 'a' } as never, single, () => ({ write: () => true, end() {} }))
  openSink({ rank: as(1), others: 'info' } as never, single, () => ({ write: () => true, end() {} }))
  t.match(checked, [
    ['1', as(1), { path: 'a' }],
    ['*', as(1), {}],
  ])
})
