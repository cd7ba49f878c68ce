import { join } from 'node:path'
import t from 'tap'
import { splitPaths } from './split-options.ts'

const three = { rank: 3, launcher: 'test', worldSize: 4, localRank: 1 }
const unknown = { rank: 'unknown', launcher: 'test' } as const

const cases = [
  ['train.log', three, 'train.rank-3.log', 'train.rank-3.json'],
  ['logs/train.log', three, 'logs/train.rank-3.log', 'logs/train.rank-3.json'],
  ['train', three, 'train.rank-3', 'train.rank-3.json'],
  ['logs.d/train', three, 'logs.d/train.rank-3', 'logs.d/train.rank-3.json'],
  ['.hidden', three, '.hidden.rank-3', '.hidden.rank-3.json'],
  ['train.log.txt', three, 'train.log.rank-3.txt', 'train.log.rank-3.json'],
  ['train.log', { ...three, worldSize: 10_000 }, 'train.rank-00003.log', 'train.rank-00003.json'],
  ['{rank}.log', three, '3.log', '3.json'],
  ['{rank:2}/train.log', three, '03/train.log', '03/train.json'],
  ['train.{rank}', three, 'train.3', 'train.3.json'],
  ['{localRank}.log', three, '1.rank-3.log', '1.rank-3.json'],
  ['train.log', { ...three, attempt: 2 }, 'attempt-2/train.rank-3.log', 'attempt-2/train.rank-3.json'],
  ['train.log', unknown, `train.rank-unknown-${process.pid}.log`, `train.rank-unknown-${process.pid}.json`],
] as const

for (const [template, rank, path, manifest] of cases) {
  t.test(`rank ${rank.rank} writes to ${path} if the path is ${template}`, (t) => {
    t.strictSame(splitPaths(template, rank), { path: join(path), manifest: join(manifest) })
    t.end()
  })
}

t.test('a path that ends in .json is refused, because the manifest would replace the log', (t) => {
  t.throws(() => splitPaths('train.json', three), { code: 'OPTION_INVALID', message: /\.json/ })
  t.end()
})
