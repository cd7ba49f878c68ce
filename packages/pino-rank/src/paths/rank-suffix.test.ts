import t from 'tap'
import { rankSuffix } from './rank-suffix.ts'

const suffixed: [template: string, result: string][] = [
  ['train.log', 'train.rank-{rank}.log'],
  ['logs.d/train', 'logs.d/train.rank-{rank}'],
  ['logs.d/train.tar.gz', 'logs.d/train.tar.rank-{rank}.gz'],
  ['.hidden', '.hidden.rank-{rank}'],
  ['a/.hidden.log', 'a/.hidden.rank-{rank}.log'],
  ['{nodeRank}/train.log', '{nodeRank}/train.rank-{rank}.log'],
  ['train.{rank}.log', 'train.{rank}.log'],
  ['{rank:5}/train.log', '{rank:5}/train.log'],
]

t.test('one file a rank', async (t) => {
  for (const [template, result] of suffixed) t.equal(rankSuffix(template), result, template)
})
