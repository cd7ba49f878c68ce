import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Returns how many columns of a terminal a text takes. Signs of East Asia and emoji take two. */
export function textWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text)
}

/**
 * Returns a text that takes no more than `width` columns of a terminal: a longer one is cut, and `…` stands for what is missing.
 *
 * @param place where it is cut
 */
export function cutText(text: string, width: number, place: 'end' | 'middle' = 'end'): string {
  if (textWidth(text) <= width) return text
  const signs = [...graphemes.segment(text)].map(({ segment }) => segment)
  const room = Math.max(0, width - 1)
  const tail = place === 'middle' ? firstSigns(signs.toReversed(), Math.floor(room / 2)).reverse() : []
  const head = firstSigns(signs, room - textWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

/** Returns the first signs, as far as they take no more than `width` columns. */
function firstSigns(signs: readonly string[], width: number): string[] {
  let left = width
  const end = signs.findIndex((sign) => {
    left -= textWidth(sign)
    return left < 0
  })
  return signs.slice(0, end === -1 ? signs.length : end)
}
