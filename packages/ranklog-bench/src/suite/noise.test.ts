import t from 'tap'
import type { Cell, Round } from '../results/index.ts'
import { noiseOf } from './noise.ts'

const quiet = { share: 0.01, stolen: 0 }

function cell(p50: number[], rest: Partial<Cell> = {}): Cell {
  const rounds = p50.map((p50) => ({ p50, p99: 2 * p50 }) as Round)
  return {
    disk: 'given',
    mode: 'no logging',
    ranks: 8,
    linesPerStep: 10,
    lineBytes: 300,
    part: 'modes',
    rounds,
    ...rest,
  }
}

t.test('a quiet machine has no warnings', async (t) => {
  t.same(noiseOf([cell([4, 4.25, 4.5]), cell([4.25, 4.25, 4.25], { part: 'control' })], quiet, 2), {
    spread: (0.25 / 4.25 + 0) / 2,
    otherCpu: 0.01,
    warnings: [],
  })
})

t.test('each sign of noise has a warning', async (t) => {
  const busy = { share: 0.6, stolen: 0.1, most: { name: 'cc1', cores: 1.1 } }
  const cells = [cell([4, 5, 6]), cell([8, 9, 10], { part: 'control' })]
  t.same(noiseOf(cells, busy, 2).warnings, [
    'p50 of "no logging" (8 ranks, given) varied by 20 % between rounds',
    'p50 of "no logging" (8 ranks, given) varied by 11 % between rounds',
    '"no logging", measured twice (8 ranks, given), differs by 80 % in p99',
    'other processes used 1.2 of 2 cores, "cc1" 1.1',
    'the hypervisor gave 10 % of the CPU time to other machines',
  ])
})

t.test('with one round the spread is not known, and a system may hide the CPU time of other processes', async (t) => {
  t.same(noiseOf([cell([5])], { share: null, stolen: 0 }, 2), {
    spread: 0,
    otherCpu: null,
    warnings: ['one round: how much the figures vary is not known'],
  })
})
