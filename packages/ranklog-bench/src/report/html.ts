import { countText } from 'pino-rank/sink'
import { renderValue, type Table } from '../results/index.ts'
import type { Block, Content } from './content.ts'
import { escapeHtml } from './escape.ts'
import type { FontFile } from './fonts.ts'
import { pageStyle } from './page-style.ts'

/** Content security policy: the page loads nothing and runs nothing, even if a text of the result contains HTML. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"

/** A table cell with a longer text may break into several lines. */
const longText = 40

/**
 * Returns the report as one HTML page that needs no other file and no script.
 *
 * @param svgs the pictures of the charts, by the name of the chart
 */
export function renderHtml(content: Content, svgs: ReadonlyMap<string, string>, fonts: readonly FontFile[]): string {
  const answer = content.answer.map((sentence) => `<p>${escapeHtml(sentence)}</p>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(content.title)}</title>
<link rel="icon" href="data:,">
<style>${pageStyle(fonts)}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(content.title)}</h1>
<p class="faint">${escapeHtml(content.subtitle)}</p>
</header>
<section class="answer" aria-label="Short answer">
${answer.join('\n')}
</section>
${content.blocks.map((block) => renderBlock(block, svgs)).join('\n')}
</main>
</body>
</html>
`
}

function renderBlock(block: Block, svgs: ReadonlyMap<string, string>): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`
    case 'text':
      return `<p>${escapeHtml(block.text)}</p>`
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`
    case 'chart': {
      const { name, heading, sentence } = block.chart
      const scroll = `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(heading)}">${svgs.get(name)}</div>`
      return `<figure id="${name}">\n<h3>${escapeHtml(heading)}</h3>\n${scroll}\n<figcaption>${escapeHtml(sentence)}</figcaption>\n</figure>`
    }
    case 'table':
      return renderTable(block.table, block.isFolded)
  }
}

function renderTable({ title, about, rows }: Table, isFolded: boolean): string {
  const columns = Object.keys(rows[0] ?? {})
  const texts = new Set(columns.filter((column) => rows.every((row) => typeof row[column] === 'string')))
  const side = (column: string, text = '') => {
    if (!texts.has(column)) return ' class="number"'
    return text.length <= longText ? ' class="short"' : ''
  }
  const head = columns.map((column) => `<th scope="col"${side(column)}>${escapeHtml(column)}</th>`)
  const body = rows.map((row) => {
    const cells = columns.map((column) => {
      const text = renderValue(row[column] ?? null)
      return `<td${side(column, text)}>${escapeHtml(text)}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  const table = `<table><thead><tr>${head.join('')}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`
  const scroll = `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(title)}">${table}</div>`
  const note = about === '' ? '' : `<p class="faint">${escapeHtml(about)}</p>`
  const content = rows.length === 0 ? '<p>No figures.</p>' : scroll
  if (isFolded)
    return `<details>\n<summary>${escapeHtml(title)} (${countText(rows.length, 'row')})</summary>\n${content}\n${note}\n</details>`
  return `<section>\n<h3>${escapeHtml(title)}</h3>\n${content}\n${note}\n</section>`
}
