import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

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
  const graphemes = [...segmenter.segment(text)].map(({ segment }) => segment)
  const room = Math.max(0, width - 1)
  const tail = place === 'middle' ? fitting(graphemes.toReversed(), Math.floor(room / 2)).reverse() : []
  const head = fitting(graphemes, room - textWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

/** Returns as many of the first graphemes as fit into `width` columns. */
function fitting(graphemes: readonly string[], width: number): string[] {
  let left = width
  const end = graphemes.findIndex((grapheme) => {
    left -= textWidth(grapheme)
    return left < 0
  })
  return graphemes.slice(0, end === -1 ? graphemes.length : end)
}
