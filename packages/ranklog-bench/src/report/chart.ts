import { color, fontFamily } from './theme.ts'

/** A picture of the report. Texts are plain. */
export interface Chart {
  /** Of its files, without the extension. */
  name: string
  heading: string
  /** What is drawn, and how to read it: for people who do not see it, too. */
  about: string
  /** What it shows, computed from the figures. */
  sentence: string
  /** A Vega-Lite specification whose colours are those of the theme. */
  spec: Spec
}

/** A picture that this run has no figures for. */
export interface NoChart {
  heading: string
  /** A sentence. */
  why: string
}

export type Spec = Record<string, unknown>

/** Where the plot lies in the picture, in pixels. */
export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

/** Width of a whole picture: plots are as wide as their labels leave them room. */
export const pictureWidth = 960

/** Size of the usual text. */
const textSize = 13

/** Room around all. */
export const margin = 16

/** What stands above a plot. */
export interface Head {
  title: string
  /** Sentences or names, each on a line of its own if it needs one. */
  subtitle: readonly string[]
}

/** Height of a line of the subtitle, and of the title with the room around it. */
const [lineHeight, titleHeight] = [18, 42]

/** Returns the room that a head needs above the plot, without what stands between the two. */
export function headHeight({ subtitle }: Head): number {
  return titleHeight + subtitle.flatMap(wrap).length * lineHeight
}

/** Numbers on an axis: `1,000`, `0.001`. */
export const numberFormat = ',.10~g'

/** Returns a specification of layers in a frame, with the title that a file on its own needs. */
export function layers(frame: Frame, head: Head, layer: readonly Spec[]): Spec {
  const { width, height, left, right, top, bottom } = frame
  const font = { labelFont: fontFamily, titleFont: fontFamily }
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width,
    height,
    padding: { left, right, top, bottom },
    autosize: { type: 'none' }, // Vega does not know how wide a text is where it has no canvas
    background: color('paper'),
    config: {
      aria: false, // the picture as a whole has a label; one on each mark would be read out one by one
      font: fontFamily,
      view: { stroke: null },
      axis: {
        ...font,
        labelFontSize: textSize,
        titleFontSize: textSize,
        titleFontWeight: 400,
        labelColor: color('ink'),
        titleColor: color('faint'),
        gridColor: color('grid'),
        domainColor: color('grid'),
        tickColor: color('grid'),
        titlePadding: 8,
        labelOverlap: false,
      },
      text: { font: fontFamily, fontSize: textSize, fill: color('ink') },
    },
    layer: [
      label(shorten(head.title, 90), margin - left, 24 - top, { fontSize: 16, fontWeight: 600 }),
      ...head.subtitle
        .flatMap(wrap)
        .map((line, i) => label(line, margin - left, titleHeight + i * lineHeight + 6 - top, { fill: color('faint') })),
      ...layer,
    ],
  }
}

/** Returns text at a place of the picture, in pixels from the plot's corner. */
export function label(text: string, x: number, y: number, mark: Spec = {}): Spec {
  return {
    data: { values: [{}] },
    mark: { type: 'text', text, align: 'left', baseline: 'middle', ...mark },
    encoding: { x: { value: x }, y: { value: y } },
  }
}

/** Returns a key in a line above the plot: a square and a text for each colour, from `x`. */
export function key(entries: readonly (readonly [text: string, fill: string])[], left: number, y: number): Spec[] {
  let x = left
  return entries.flatMap(([text, fill]) => {
    const start = x
    x += 16 + textWidth(text) + 14
    const square = {
      data: { values: [{}] },
      mark: { type: 'point', shape: 'square', size: 110, filled: true, fill, opacity: 1 },
      encoding: { x: { value: start + 6 }, y: { value: y } },
    }
    return [square, label(text, start + 16, y, { fill: color('faint') })]
  })
}

/** Widths of Inter's letters, as parts of the font's size; all others are as wide as `a`. */
const widths: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ijl.,:;'|! ()]/, 0.3],
  [/[frt1/-]/, 0.42],
  [/[mwMW@%…]/, 0.92],
  [/[A-Z+÷×=<>]/, 0.7],
]

/** Returns about how wide a text is, in pixels, or a little more, because a reader may see it in another font. */
export function textWidth(text: string): number {
  const parts = Array.from(text, (letter) => widths.find(([letters]) => letters.test(letter))?.[1] ?? 0.58)
  return Math.ceil(textSize * parts.reduce((sum, part) => sum + part, 0))
}

/** Cuts a text to a number of characters. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`
}

/** Cuts a text into lines that fit into the picture. */
function wrap(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart()
    if (textWidth(line) <= pictureWidth - 2 * margin) lines[lines.length - 1] = line
    else lines.push(shorten(word, 100))
  }
  return lines.filter((line) => line !== '')
}
