import t from 'tap'
import type { RankInfo } from '../rank/rank-info.ts'
import { checkOwnPlace } from './own-place.ts'

const where = { package: 'pino-csv-metrics', at: 'option "path"', fix: 'name the rank' }
const sole = { worldSize: 1, localWorldSize: 1 }
const node = { worldSize: 8, localWorldSize: 8 }
const nodes = { worldSize: 16, localWorldSize: 8 }

const cases: [ranks: string | number | number[], template: string, world: Partial<RankInfo>, accepted: boolean][] = [
  ['*', 'a.csv', node, false],
  ['*', 'a.csv', {}, false],
  ['*', 'a.csv', sole, true],
  ['*', '{rank}.csv', node, true],
  ['*', '{rank:5}.csv', {}, true],
  ['*', '{runKey}.csv', node, false],
  ['*', '{localRank}.csv', node, true],
  ['*', '{localRank}.csv', nodes, false],
  ['*', '{localRank}.csv', {}, false],
  ['*', '{host}/{localRank}.csv', nodes, true],
  ['*', '{nodeRank}-{localRank}.csv', {}, true],
  ['*', '{host}.csv', nodes, false],
  ['0', 'a.csv', node, true],
  [0, 'a.csv', {}, true],
  ['3', 'a.csv', node, true],
  ['0,1', 'a.csv', node, false],
  [[0, 4], 'a.csv', node, false],
  ['0,0', 'a.csv', node, true],
  ['0-3', 'a.csv', node, false],
  ['1-', 'a.csv', node, false],
  ['1-', 'a.csv', { worldSize: 2 }, true],
  ['7-', 'a.csv', node, true],
  ['0-63/8', 'a.csv', node, true],
  ['0-63/8', 'a.csv', nodes, false],
  ['*/8', 'a.csv', node, true],
  ['9,10', 'a.csv', node, true],
  ['local:0', 'a.csv', node, true],
  ['local:0', 'a.csv', nodes, false],
  ['local:0', 'a.csv', {}, false],
  ['local:0', 'a.csv', sole, true],
  ['local:0', '{host}.csv', nodes, true],
  ['local:0', '{nodeRank}.csv', nodes, true],
  ['local:0,1', '{host}.csv', nodes, false],
  ['local:0-1', '{host}/{localRank}.csv', nodes, true],
] // biome-ignore format: a table

for (const [ranks, template, world, accepted] of cases) {
  t.test(`ranks ${ranks}, ${template}, ${JSON.stringify(world)}: ${accepted ? 'accepted' : 'refused'}`, async (t) => {
    for (const rank of [0, 1]) {
      const check = () => checkOwnPlace({ ...where, template }, ranks, { launcher: 'test', rank, ...world })
      if (accepted) t.doesNotThrow(check)
      else t.throws(check, { code: 'PATH_PLACEHOLDER', message: /^pino-csv-metrics: option "path": expected \{rank\} in it, .*; name the rank$/ }) // biome-ignore format: one line
    }
  })
}
