import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { rootReadme } from '../suite-pages.ts'
import { excerptsOf, linesOf, maxLength, shorten } from './excerpt.ts'
import { loadRun, picturesOf } from './pictures.ts'

const record = (fields: object) => JSON.stringify({ level: 30, ...fields })

t.test('the tracked pictures match the tracked run', async (t) => {
  for (const { file, svg } of picturesOf(loadRun()))
    t.equal(readFileSync(file, 'utf8'), svg, `${basename(file)}: run \`npm run bench -- --pages\``)
})

t.test('the root README shows the pictures', async (t) => {
  const readme = readFileSync(rootReadme, 'utf8')
  for (const { file } of picturesOf(loadRun())) t.match(readme, `"docs/pictures/${basename(file)}"`)
})

t.test('both halves of the tracked run have the same number of lines, from the same step on', async (t) => {
  const { pino, pinoRank } = loadRun()
  t.equal(pino.lines.length, pinoRank.lines.length)
  const [left, right] = [pino, pinoRank].map(({ lines }) => JSON.parse(lines[0]?.text ?? '').step)
  t.equal(left, right)
  t.ok(pino.lines.some(({ kind }) => kind === 'torn'))
  t.strictSame([pinoRank.copies, pinoRank.torn], [0, 0])
})

t.test('a picture needs no other file, and has a title and a description', async (t) => {
  for (const { svg } of picturesOf(loadRun())) {
    t.match(svg, /^<svg [^>]*aria-labelledby="title desc"/)
    t.match(svg, /<title id="title">[^<]+<\/title>\n<desc id="desc">[^<]*\d copies, \d+ torn[^<]*<\/desc>/)
    t.notMatch(svg, /<(script|style|image|use|foreignObject)|href|url\(|@import|\bon\w+=/)
  }
})

t.test('text is at least 12 pixels high, and has a contrast of at least 4.5 on its background', async (t) => {
  for (const { file, svg, colors } of picturesOf(loadRun())) {
    const texts = [...svg.matchAll(/<text [^>]*font-size="([\d.]+)"[^>]*fill="(#\w+)"[^>]*>([a-z]*)/g)]
    t.equal(texts.length, svg.split('<text ').length - 1, 'all texts are found')
    for (const [, size, fill = '', word] of texts) {
      t.ok(Number(size) >= 12, `${basename(file)}: ${size} px`)
      const under = fill === colors.bad ? [colors.panel, colors.badPanel] : [colors.panel]
      for (const color of under) t.ok(contrast(fill, color) >= 4.5, `${basename(file)}: ${fill} on ${color} ${word}`)
    }
  }
})

t.test('a line is a copy if an earlier line is the same, and torn if it is no JSON', async (t) => {
  const output = [record({ step: 1 }), record({ step: 1 }), '0,0]}', '0,0]}', record({ step: 2, level: 50 })]
  t.strictSame(
    linesOf(`${output.join('\n')}\n`).map(({ kind, isError }) => [kind, isError]),
    [
      ['once', false],
      ['copy', false],
      ['torn', false],
      ['torn', false],
      ['once', true],
    ],
  )
})

t.test('an excerpt begins five lines above the first torn line, and the other one at the same step', async (t) => {
  const steps = Array.from({ length: 40 }, (_, step) => record({ step }))
  const pino = steps.flatMap((line) => [line, line]).with(20, 'torn')
  const excerpts = excerptsOf(pino.join('\n'), steps.map((line) => line.replace('}', ',"rank":0}')).join('\n'))
  t.equal(excerpts.pino.lines[5]?.text, 'torn')
  t.equal(excerpts.pino.lines[0]?.text, record({ step: 7 }))
  t.equal(excerpts.pinoRank.lines[0]?.text, record({ step: 7, rank: 0 }))
  t.match(excerpts, { pino: { total: 80, copies: 39, torn: 1 }, pinoRank: { total: 40, copies: 0, torn: 0 } })
})

t.test('a long line keeps its start, and its end or the record that begins within it', async (t) => {
  const zeros = '0,'.repeat(100)
  t.equal(shorten(record({ step: 1 })), record({ step: 1 }))
  const whole = shorten(record({ step: 1, zeros }))
  t.match(whole, /^{"level":30,"step":1,"zeros":"0,0,.*….*0,"}$/)
  const joined = shorten(`{"level":30,"zeros":[${zeros}${record({ step: 2, zeros })}`)
  t.match(joined, /^{"level":30,…0,0,0,{"level":30,"step":2,.*…$/)
  t.strictSame([whole.length, joined.length], [maxLength, maxLength])
})

/** Returns the contrast ratio of WCAG 2. */
function contrast(first: string, second: string): number {
  const [high = 0, low = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
