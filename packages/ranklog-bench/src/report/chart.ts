import { color, fontFamily } from './theme.ts'

/** A chart of the report. Its texts are plain, without markup. */
export interface Chart {
  /** The name of its files, without the extension. */
  name: string
  heading: string
  /** What is drawn and how to read it. Also the description for screen readers. */
  about: string
  /** What the chart shows, computed from the same figures. */
  sentence: string
  /** A Vega-Lite specification whose colours are those of the theme. */
  spec: Spec
}

/** A chart that cannot be drawn, because the run has no figures for it. */
export interface NoChart {
  heading: string
  /** The reason, as a sentence. */
  why: string
}

export type Spec = Record<string, unknown>

/** Size of the plot, and of the space around it, in pixels. */
export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

/** Width of a whole chart. The plot is as wide as its labels allow. */
export const pictureWidth = 960

/** Font size of normal text, in pixels. */
const textSize = 13

/** Empty space around the whole chart, in pixels. */
export const margin = 16

/** The texts above a plot. */
export interface Head {
  title: string
  /** Each text starts on a new line. */
  subtitle: readonly string[]
}

/** Height of a line of the subtitle, and height of the title with the space around it, in pixels. */
const [lineHeight, titleHeight] = [18, 42]

/** Returns the height of a head in pixels. The space between head and plot is not included. */
export function headHeight({ subtitle }: Head): number {
  return titleHeight + subtitle.flatMap(wrap).length * lineHeight
}

/** Numbers on an axis: `1,000`, `0.001`. */
export const numberFormat = ',.10~g'

/** Returns a Vega-Lite specification of layers in a frame, with title and subtitle in the picture. */
export function layers(frame: Frame, head: Head, layer: readonly Spec[]): Spec {
  const { width, height, left, right, top, bottom } = frame
  const font = { labelFont: fontFamily, titleFont: fontFamily }
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width,
    height,
    padding: { left, right, top, bottom },
    autosize: { type: 'none' }, // without a canvas, Vega cannot measure text
    background: color('paper'),
    config: {
      aria: false, // the whole picture has a label; with labels on marks, a screen reader would read out every mark
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

/** Returns a layer with a text. Its position is in pixels from the upper left corner of the plot. */
export function label(text: string, x: number, y: number, mark: Spec = {}): Spec {
  return {
    data: { values: [{}] },
    mark: { type: 'text', text, align: 'left', baseline: 'middle', ...mark },
    encoding: { x: { value: x }, y: { value: y } },
  }
}

/** Returns the layers of a legend in one line above the plot: a square and a text for each colour. It starts at `left`. */
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

/** Widths of Inter's letters, as parts of the font size. Letters that are not listed are as wide as `a`. */
const widths: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ijl.,:;'|! ()]/, 0.3],
  [/[frt1/-]/, 0.42],
  [/[mwMW@%…]/, 0.92],
  [/[A-Z+÷×=<>]/, 0.7],
]

/** Estimates the width of a text in pixels. The estimate is a little too large, because a reader may have another font. */
export function textWidth(text: string): number {
  const parts = Array.from(text, (letter) => widths.find(([letters]) => letters.test(letter))?.[1] ?? 0.58)
  return Math.ceil(textSize * parts.reduce((sum, part) => sum + part, 0))
}

/** Shortens a text to a maximum number of characters, and marks that with `…`. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`
}

/** Breaks a text into lines that fit into the chart. */
function wrap(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart()
    if (textWidth(line) <= pictureWidth - 2 * margin) lines[lines.length - 1] = line
    else lines.push(shorten(word, 100))
  }
  return lines.filter((line) => line !== '')
}
