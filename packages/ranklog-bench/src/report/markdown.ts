import { renderTables, type Table, type Value } from '../results/index.ts'
import type { Block, Content } from './content.ts'
import { escapeMarkdown } from './escape.ts'

/** Returns the report in Markdown. It shows the SVG files, which have light and dark colours. */
export function renderMarkdown({ title, subtitle, answer, blocks }: Content): string {
  const head = [`# ${escapeMarkdown(title)}`, escapeMarkdown(subtitle), listOf(answer)]
  return `${[...head, ...blocks.map(renderBlock)].join('\n\n')}\n`
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${escapeMarkdown(block.text)}`
    case 'text':
      return escapeMarkdown(block.text)
    case 'list':
      return listOf(block.items)
    case 'chart': {
      const { name, heading, about, sentence } = block.chart
      const picture = `![${escapeMarkdown(about)}](${name}.svg)`
      return [`### ${escapeMarkdown(heading)}`, picture, `${escapeMarkdown(sentence)} ([PNG](${name}.png))`].join(
        '\n\n',
      )
    }
    case 'table':
      return renderTables([escapeTable(block.table)]).replace(/\n{3,}/, '\n\n')
  }
}

function listOf(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join('\n')
}

function escapeTable({ title, about, rows }: Table): Table {
  const escaped = (value: Value) => (typeof value === 'string' ? escapeMarkdown(value) : value)
  return {
    title: escapeMarkdown(title),
    about: escapeMarkdown(about),
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [escapeMarkdown(name), escaped(value)])),
    ),
  }
}
