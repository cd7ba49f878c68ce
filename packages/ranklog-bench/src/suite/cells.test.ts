import t from 'tap'
import { modes } from '../ranks/index.ts'
import type { Disk } from '../results/index.ts'
import { baseOf, planCells } from './cells.ts'
import type { SuiteOptions } from './suite-options.ts'

const options: SuiteOptions = {
  ranks: [1, 8],
  lines: [10, 100],
  lineBytes: [300],
  durationMs: 1000,
  rounds: 1,
  modes: [],
  dir: '.',
  disks: ['given'],
  spin: false,
  scaling: false,
}
const given: Disk = { name: 'given', fileSystem: 'ext4' }

t.test('each combination is planned once, and a control once for each number of ranks', async (t) => {
  const cells = planCells(options, [given], modes)
  t.equal(cells.length, 2 * 2 * modes.length + 2)
  t.equal(new Set(cells.map((cell) => JSON.stringify(cell))).size, cells.length)
  t.same(
    cells.filter(({ part }) => part === 'control').map(({ mode, ranks }) => [mode, ranks]),
    [
      ['no logging', 1],
      ['no logging', 8],
    ],
  )
})

t.test('every cell has a cell of no logging to compare with, even if the user did not select that mode', async (t) => {
  const gated = modes.filter(({ name }) => name === 'gated')
  const cells = planCells({ ...options, scaling: true }, [given, { ...given, name: 'tmpfs' }], gated)
  for (const cell of cells) {
    const base = baseOf(cell, cells)
    t.match(base, { mode: 'no logging', disk: cell.disk, ranks: cell.ranks, linesPerStep: cell.linesPerStep })
    if (cell.part === 'control') t.not(base, cell)
  }
})

t.test('--scaling measures 1 to 64 ranks, 1 to 1000 lines and 100 B to 10 kB', async (t) => {
  const cells = planCells({ ...options, scaling: true }, [given], modes)
  const of = (part: string, mode: string) => cells.filter((cell) => cell.part === part && cell.mode === mode)
  t.same(
    of('ranks', 'gated').map(({ ranks }) => ranks),
    [1, 2, 4, 8, 16, 32, 64],
  )
  t.same(
    of('lines', 'gated').map(({ linesPerStep }) => linesPerStep),
    [1, 10, 100, 1000],
  )
  t.same(
    of('bytes', 'no logging').map(({ lineBytes }) => lineBytes),
    [100, 300, 1000, 3000, 10_000],
  )
})

t.test('the fsync disk is measured only with modes that can fsync', async (t) => {
  const names = planCells(options, [{ ...given, name: 'fsync' }], modes).map(({ mode }) => mode)
  t.ok(names.includes('appendFileSync + fsync to N files'))
  t.notOk(names.includes('winston to one file'))
})
