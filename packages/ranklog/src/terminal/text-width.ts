import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Returns the number of terminal columns that a text takes. East Asian characters and emoji take two. */
export function textWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text)
}

/**
 * Cuts a text to at most `width` terminal columns, and puts `…` in the place of the part that is cut.
 *
 * @param place where the text is cut
 */
export function cutText(text: string, width: number, place: 'end' | 'middle' = 'end'): string {
  if (textWidth(text) <= width) return text
  const signs = [...graphemes.segment(text)].map(({ segment }) => segment)
  const room = Math.max(0, width - 1)
  const tail = place === 'middle' ? firstSigns(signs.toReversed(), Math.floor(room / 2)).reverse() : []
  const head = firstSigns(signs, room - textWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

/** Returns as many of the first characters as fit into `width` columns. */
function firstSigns(signs: readonly string[], width: number): string[] {
  let left = width
  const end = signs.findIndex((sign) => {
    left -= textWidth(sign)
    return left < 0
  })
  return signs.slice(0, end === -1 ? signs.length : end)
}
