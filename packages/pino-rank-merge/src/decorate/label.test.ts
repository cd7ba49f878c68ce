import t from 'tap'
import type { Block } from './block.ts'
import { type LabelOptions, label } from './label.ts'

/** Returns the output of `label` for blocks of text. */
async function labelled(blocks: readonly [text: string, sources: readonly number[]][], options: LabelOptions) {
  const given = async function* () {
    yield blocks.map(([text, sources]): Block => ({ bytes: Buffer.from(text), time: 0, sources: [...sources] }))
  }
  let text = ''
  for await (const found of label(options)(given())) for (const { bytes } of found) text += bytes
  return text
}

t.test('a label has the ranks and the hosts of a line, each host once', async (t) => {
  const names = ['0', '1', '2']
  const hosts = ['a', 'a', undefined]
  const cases: [sources: number[], label: string][] = [
    [[0], '[0@a] '],
    [[0, 1], '[0-1@a] '],
    [[1, 2], '[1-2@a,] '],
    [[2], '[2@] '],
  ]
  for (const [sources, text] of cases) {
    t.equal(await labelled([['x\n', sources]], { template: '[{rank}@{host}] ', names, hosts }), `${text}x\n`)
    const template = (ranks: string, host: string) => `[${ranks}@${host}] `
    t.equal(await labelled([['x\n', sources]], { template, names, hosts }), `${text}x\n`)
  }
  t.equal(await labelled([['x\n', [1]]], { template: '{rank}{rank}{host} ', names }), '11 x\n')
})

t.test('each line of a block has a label, and the rest of an incomplete line has none', async (t) => {
  const blocks: [string, number[]][] = [
    ['a\nb\n', [0]],
    ['c', [1]],
    ['d\n\ne', [1]],
    ['f\n', [1]],
    ['g\n', [0]],
  ]
  t.equal(await labelled(blocks, { template: '{rank} ', names: ['0', '1'] }), '0 a\n0 b\n1 cd\n1 \n1 ef\n0 g\n')
})

t.test('a template function is called once for each set of ranks, as long as there are few', async (t) => {
  const names = Array.from({ length: 10_002 }, (_, rank) => String(rank))
  const calls = new Map<string, number>()
  const template = (ranks: string) => {
    calls.set(ranks, (calls.get(ranks) ?? 0) + 1)
    return ''
  }
  const once = names.map((_, source): [string, number[]] => ['x\n', [source]])
  await labelled([...once, ...once], { template, names })
  t.same(
    [...calls].filter(([, count]) => count !== 1),
    [
      ['10000', 2],
      ['10001', 2],
    ],
    'the memory for labels is bounded',
  )
})
