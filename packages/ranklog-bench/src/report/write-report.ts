import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '../results/index.ts'
import { reportContent } from './content.ts'
import { cleanTexts } from './escape.ts'
import { fontFiles } from './fonts.ts'
import { renderHtml } from './html.ts'
import { renderMarkdown } from './markdown.ts'
import { drawPng } from './png.ts'
import { drawSvg, standalone } from './svg.ts'

/**
 * Writes `report.html`, `report.md`, and the charts as SVG and PNG. `report.html` needs no other file. Creates the folder if
 * it is missing, and replaces existing files.
 *
 * @returns the paths of the files
 * @throws if the folder cannot be created or written to
 */
export async function writeReport(result: Result, dir: string): Promise<string[]> {
  const content = reportContent(cleanTexts(result))
  const charts = content.blocks.flatMap((block) => (block.kind === 'chart' ? [block.chart] : []))
  const svgs = new Map<string, string>()
  for (const chart of charts) svgs.set(chart.name, await drawSvg(chart))
  const files: [name: string, content: string | Uint8Array][] = [
    ['report.html', renderHtml(content, svgs, await fontFiles())],
    ['report.md', renderMarkdown(content)],
  ]
  for (const [name, svg] of svgs) files.push([`${name}.svg`, standalone(svg)], [`${name}.png`, await drawPng(svg)])
  await mkdir(dir, { recursive: true })
  for (const [name, content] of files) await writeFile(join(dir, name), content)
  return files.map(([name]) => join(dir, name))
}
