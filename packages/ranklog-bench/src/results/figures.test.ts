import t from 'tap'
import { durationText, listText, percentText, rangeText, rateText, timesText } from './figures.ts'

t.test('figures in sentences are rounded and have their unit', async (t) => {
  for (const [text, expected] of [
    [rateText(2.1e8), '210 MB/s'],
    [rateText(1e7), '10 MB/s'],
    [rateText(1.234e6), '1.2 MB/s'],
    [rateText(1.2345e9), '1,235 MB/s'],
    [timesText(1.0249), '1.02 ×'],
    [timesText(1), '1.00 ×'],
    [timesText(3.14), '3.1 ×'],
    [timesText(26.02), '26 ×'],
    [timesText(0.987), '0.99 ×'],
    [rangeText(2.84, 3.4), '2.8 to 3.4'],
    [rangeText(1.001, 1.002), '1.00'],
    [percentText(0.18), '18 %'],
    [percentText(0.004), '0.4 %'],
    [percentText(0), '0 %'],
    [listText([]), ''],
    [listText(['a']), 'a'],
    [listText(['a', 'b']), 'a and b'],
    [listText(['a', 'b', 'c']), 'a, b and c'],
    [durationText(500), '0.5 s'],
    [durationText(42_400), '42 s'],
    [durationText(12 * 60_000), '12 min'],
    [durationText(65 * 60_000), '1 h 5 min'],
    [durationText(120 * 60_000), '2 h'],
  ] as const)
    t.equal(text, expected)
})
