import fc from 'fast-check'
import t from 'tap'
import { cutText, textWidth } from './text-width.ts'

const cuts: [text: string, width: number, end: string, middle: string][] = [
  ['short', 5, 'short', 'short'],
  ['too long', 5, 'too …', 'to…ng'],
  ['訓練記録', 5, '訓練…', '訓…録'],
  ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5, '👩‍👩‍👧‍👦👩‍👩‍👧‍👦…', '👩‍👩‍👧‍👦…👩‍👩‍👧‍👦'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…', 'e\u0301…'],
  ['ab', 1, '…', '…'],
]

t.test('cutText does not split a character', async (t) => {
  for (const [text, width, end, middle] of cuts) {
    t.equal(cutText(text, width), end)
    t.equal(cutText(text, width, 'middle'), middle)
  }
})

t.test('a text that was cut is not wider than the limit', async (_t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom('end' as const, 'middle' as const),
      (text, width, place) => textWidth(cutText(text, width, place)) <= width,
    ),
  )
})
