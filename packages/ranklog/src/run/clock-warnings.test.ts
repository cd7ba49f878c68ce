import type { Merged } from 'pino-rank-merge'
import t from 'tap'
import { ClockWarnings } from './clock-warnings.ts'

/** Returns warnings for ranks whose clocks are ahead by these times, in ms. */
function warningsFor(skews: number[], names = skews.map((_, at) => String(at))) {
  const texts: string[] = []
  const warnings = new ClockWarnings(names, (text) => texts.push(text))
  const lines = { skew: (source: number) => skews[source] } as unknown as Merged
  return { texts, warnings, lines, skews }
}

t.test('a rank whose clock differs by a second or more is reported once', async (t) => {
  const { texts, warnings, lines, skews } = warningsFor([999, 1000, -999, -2540, 0])
  for (let checks = 0; checks < 3; checks++) warnings.checkNow(lines)
  t.strictSame(texts, [
    'the lines of rank 1 are 1.0 s ahead: its clock differs; they are printed in order of arrival',
    'the lines of rank 3 are 2.5 s late: its clock is behind, or it holds lines back; they are printed in order of arrival',
  ])
  skews[4] = 5000
  warnings.checkNow(lines)
  t.match(texts.slice(2), [/rank 4 are 5\.0 s ahead/])
})

t.test('a rank with several streams is reported once, and after eight ranks the others are summed up', async (t) => {
  const two = warningsFor([3000, 3000], ['7', '7'])
  two.warnings.checkNow(two.lines)
  t.equal(two.texts.length, 1)
  const { texts, warnings, lines } = warningsFor(Array.from({ length: 12 }, () => 2000))
  for (let checks = 0; checks < 2; checks++) warnings.checkNow(lines)
  t.equal(texts.length, 9)
  t.match(texts[7], /rank 7 /)
  t.equal(texts[8], 'more ranks have such lines; they are not reported')
})

t.test('the first chunk is checked, and one that follows at once is not', async (t) => {
  const { texts, warnings, lines, skews } = warningsFor([2000, 0])
  warnings.check(lines)
  t.equal(texts.length, 1)
  skews[1] = 2000
  warnings.check(lines)
  t.equal(texts.length, 1)
  warnings.checkNow(lines)
  t.equal(texts.length, 2)
})
