import t from 'tap'
import { rankSuffix, splitExtension } from './rank-suffix.ts'

const suffixed: [template: string, result: string][] = [
  ['train.log', 'train.rank-{rank}.log'],
  ['logs.d/train', 'logs.d/train.rank-{rank}'],
  ['logs.d/train.tar.gz', 'logs.d/train.tar.rank-{rank}.gz'],
  ['.hidden', '.hidden.rank-{rank}'],
  ['a/.hidden.log', 'a/.hidden.rank-{rank}.log'],
  ['{nodeRank}/train.log', '{nodeRank}/train.rank-{rank}.log'],
  ['train.{rank}.log', 'train.{rank}.log'],
  ['{rank:5}/train.log', '{rank:5}/train.log'],
  ['train.{host}', 'train.{host}.rank-{rank}'],
]

const split: [template: string, stem: string, extension: string][] = [
  ['train.log', 'train', '.log'],
  ['logs.d/train', 'logs.d/train', ''],
  ['logs.d\\train', 'logs.d\\train', ''],
  ['a/.hidden', 'a/.hidden', ''],
  ['train.{rank}', 'train.{rank}', ''],
  ['train.rank-{rank}.log', 'train.rank-{rank}', '.log'],
  ['train.', 'train.', ''],
]

t.test('the extension starts at the last dot of the file name', async (t) => {
  for (const [template, ...parts] of split) t.strictSame(splitExtension(template), parts, template)
})

t.test('the rank is added before the extension, unless the template names it', async (t) => {
  for (const [template, result] of suffixed) t.equal(rankSuffix(template), result, template)
})
