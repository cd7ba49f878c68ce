import t from 'tap'
import type { Table } from '../results/index.ts'
import { cellOf, idleCells, resultOf } from '../results/result.test-kit.ts'
import { type Block, reportContent } from './content.ts'

function tablesOf(blocks: readonly Block[]): Table[] {
  return blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : []))
}

t.test(
  'the report goes from the answer to the machine, and a note that several tables have is printed once',
  async (t) => {
    const noise = { spread: 0.1, otherCpu: 0.25, warnings: ['another process used 1 of 2 cores'] }
    const { answer, blocks } = reportContent(resultOf([...idleCells(), cellOf('gated', 6)], { noise }))
    t.ok(answer.length >= 3)
    const titles = tablesOf(blocks).map(({ title }) => title)
    t.strictSame(titles.slice(1, 3), ['Disks', 'All modes, disk given'])
    t.strictSame(titles.slice(-3), ['Machine', 'Versions', 'Options'])
    const abouts = tablesOf(blocks).map(({ about }) => about)
    t.equal(abouts.filter((about) => about.startsWith('Medians of the rounds;')).length, 1)
    const texts = blocks.flatMap((block) =>
      block.kind === 'text' ? [block.text] : block.kind === 'list' ? block.items : [],
    )
    t.ok(texts.includes('another process used 1 of 2 cores'))
    t.match(
      texts.find((text) => text.startsWith('Between rounds')),
      'p50 varied by 10 %',
    )
    t.match(
      texts.find((text) => text.startsWith('Between rounds')),
      'Other processes took 25 % of all cores',
    )
  },
)

t.test('the report has a table of failed modes and a list of what ranks wrote to stderr', async (t) => {
  const failed = [
    { disk: 'given' as const, mode: 'split', ranks: 8, linesPerStep: 100, lineBytes: 300, error: 'rank 0 ended' },
  ]
  const { blocks } = reportContent(resultOf([], { failed, messages: ['"gated": a rank wrote to stderr: a text'] }))
  t.match(tablesOf(blocks).find(({ title }) => title.startsWith('Modes that failed'))?.rows, failed)
  t.ok(blocks.some((block) => block.kind === 'list' && block.items.includes('"gated": a rank wrote to stderr: a text')))
})

t.test('an option whose value is a list of records has its own table', async (t) => {
  const rates = [
    { disk: 'given', rank0: 0.1 },
    { disk: 'tmpfs', rank0: 0.2, note: 'a note' },
  ]
  const tables = tablesOf(
    reportContent(
      resultOf([], { options: { ranks: [1, 2], modes: ['a, b', 'c'], leftOut: [], rates, rest: { a: 1 } } }),
    ).blocks,
  )
  t.strictSame(tables.find(({ title }) => title === 'Options')?.rows, [
    { name: 'ranks', value: '1, 2' },
    { name: 'modes', value: 'a, b; c' },
    { name: 'leftOut', value: 'none' },
    { name: 'rest', value: '{"a":1}' },
  ])
  t.strictSame(tables.find(({ title }) => title.startsWith('Rates of logging'))?.rows, [
    { disk: 'given', rank0: 0.1, note: '' },
    { disk: 'tmpfs', rank0: 0.2, note: 'a note' },
  ])
})

t.test('a quiet run without messages has no empty lists, and says that it was quiet', async (t) => {
  const { blocks } = reportContent(resultOf([...idleCells(), cellOf('gated', 6)]))
  t.notOk(blocks.some((block) => block.kind === 'list' && block.items.length === 0))
  t.notOk(blocks.some((block) => block.kind === 'heading' && block.text === 'What ranks wrote to stderr'))
  t.ok(blocks.some((block) => block.kind === 'text' && block.text.endsWith('Nothing made the machine look noisy.')))
  t.notOk(tablesOf(blocks).some(({ title }) => title.startsWith('Modes that failed')))
})

t.test('if the CPU time of other processes is not known, the report says so', async (t) => {
  const noise = { spread: 0.1, otherCpu: null, warnings: ['a warning'] }
  const texts = reportContent(resultOf([], { noise })).blocks.flatMap((block) =>
    block.kind === 'text' ? [block.text] : [],
  )
  t.match(texts, [/ What other processes took of the CPU is not known\.$/])
})
