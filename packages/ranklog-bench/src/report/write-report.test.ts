import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import type { Result } from '../results/index.ts'
import { writeReport } from './index.ts'
import { fastDisk, simulateResult, slowDisk } from './simulated-result.test-kit.ts'

/** A result with all charts, and with a mode of each kind. */
const full = simulateResult({
  seed: 7,
  ranks: [1, 4],
  lines: [10, 100],
  lineBytes: [300, 10_000],
  disks: [fastDisk, slowDisk],
  modes: ['no logging', 'no-op sink', 'pino/file to one file', 'gated', 'split'],
  rounds: 2,
})

const charts = ['given', 'throttled'].flatMap((disk) =>
  ['step-time', 'p99-ranks', 'stall-lines', 'stall-bytes'].map((name) => `${name}-${disk}`),
)

/** Markup that would load or run something. */
const forbidden = /<script|<iframe|<object|javascript:|\bon\w+=|(href|src)="(?!data:)|url\((?!data:)|@import/i

t.test('the report is a page, a Markdown file, and an SVG and a PNG file for each chart', async (t) => {
  const dir = join(t.testdir(), 'made', 'here')
  const paths = await writeReport(full, dir)
  t.strictSame(
    paths.map((path) => basename(path)).sort(),
    ['report.html', 'report.md', ...[...charts, 'timeline'].flatMap((name) => [`${name}.svg`, `${name}.png`])].sort(),
  )
  t.ok(paths.every((path) => existsSync(path)))
  const html = readFileSync(join(dir, 'report.html'), 'utf8')
  const markdown = readFileSync(join(dir, 'report.md'), 'utf8')
  t.notMatch(html, forbidden)
  const order = ['Short answer', '<h2>Charts', '<h2>All figures', '<h2>Noise', '<h2>Machine, versions and options'].map(
    (part) => html.indexOf(part),
  )
  t.strictSame(
    order,
    [...order].sort((a, b) => a - b),
  )
  t.ok(
    order.every((place) => place > 0),
    `${order}`,
  )
  for (const name of [...charts, 'timeline']) {
    const svg = readFileSync(join(dir, `${name}.svg`), 'utf8')
    t.match(svg, /^<svg role="img" aria-labelledby="[\w-]+-title [\w-]+-desc"/, name)
    t.match(svg, 'prefers-color-scheme:dark', name)
    t.notMatch(svg, /NaN|undefined|Infinity/, name)
    t.ok(html.includes(`<figure id="${name}">`) && html.includes(`id="${name}-title"`), name)
    t.match(markdown, `](${name}.svg)`)
    t.match(markdown, `(${name}.png)`)
    const png = readFileSync(join(dir, `${name}.png`))
    t.equal(png.toString('latin1', 1, 4), 'PNG', name)
    t.equal(png.readUInt32BE(16), 2 * 960, 'twice as wide as the SVG')
  }
  t.match(markdown, '(1.0')
  t.match(html, 'Example CPU @ 2.5 GHz')
})

t.test('markup in the texts of a result is escaped in the page, in Markdown and in pictures', async (t) => {
  const hostile = '<img src=x onerror=alert(1)>|[a](javascript:b)\n\n# c </title>\u001b\u202e'
  const { cells, ...rest } = simulateResult({
    seed: 3,
    ranks: [1, 4],
    disks: [slowDisk],
    modes: ['no logging', 'gated', hostile],
    rounds: 1,
  })
  const result: Result = {
    ...rest,
    cells,
    machine: { ...rest.machine, cpu: hostile },
    versions: { [hostile]: hostile },
    options: { modes: [hostile], [hostile]: { a: hostile } },
    disks: rest.disks.map((disk) => ({ ...disk, fileSystem: hostile, note: hostile })),
    noise: { ...rest.noise, warnings: [hostile] },
  }
  const paths = await writeReport(result, t.testdir())
  for (const path of paths.filter((path) => !path.endsWith('.png'))) {
    const text = readFileSync(path, 'utf8')
    t.notMatch(text, /(?<!\\)<img src=x|\p{Cc}(?<!\n)|\u202e/u, path)
    if (path.endsWith('.md')) t.notMatch(text, /(?<!\\)\[a\]|^# c/m, path)
    else t.notMatch(text, /<\/title>[^<]*<\/title>/, path)
  }
})

t.test('a chart without figures is left out, and a sentence has the reason', async (t) => {
  const dir = t.testdir()
  const result = simulateResult({ seed: 5, ranks: [4], disks: [fastDisk], modes: ['no logging', 'gated'], rounds: 1 })
  const names = (await writeReport(result, dir)).map((path) => basename(path))
  t.strictSame(names, ['report.html', 'report.md', 'step-time-given.svg', 'step-time-given.png'])
  for (const file of ['report.html', 'report.md']) {
    const text = readFileSync(join(dir, file), 'utf8')
    t.match(
      text,
      'Step p99 against ranks on this disk (ext4, 210 MB/s measured) is not drawn, because this run measured one size only (4 ranks)',
    )
    t.match(text, 'Time in log calls against lines a step on this disk')
    t.match(text, 'No timeline is drawn')
  }
})

t.test('a result without figures still gives a report', async (t) => {
  const result = simulateResult({ seed: 5, disks: [fastDisk], modes: [], rounds: 1 })
  const dir = t.testdir()
  t.strictSame((await writeReport(result, dir)).length, 2)
  t.match(readFileSync(join(dir, 'report.html'), 'utf8'), 'this run measured no mode')
})
