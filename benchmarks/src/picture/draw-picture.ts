import { escapeHtml } from '../../../packages/ranklog-bench/dist/report/escape.js'
import type { Excerpt, Line, Run } from './excerpt.ts'

/** The colours of texts and backgrounds. */
export interface Colors {
  paper: string
  panel: string
  ink: string
  /** The text of copies, and small text. */
  faint: string
  /** The text of torn lines. */
  bad: string
  /** The background of torn lines. */
  badPanel: string
  good: string
}

/** Blue and vermilion, which people with any colour vision can tell apart, with enough contrast for small text. */
export const colors: Readonly<Record<'light' | 'dark', Colors>> = {
  light: {
    paper: '#ffffff',
    panel: '#f6f8fa',
    ink: '#1b1f24',
    faint: '#57606a',
    bad: '#a03c00',
    badPanel: '#ffe3d1',
    good: '#005f96',
  },
  dark: {
    paper: '#0d1117',
    panel: '#161b22',
    ink: '#e8eaed',
    faint: '#a3adb8',
    bad: '#ff9d5c',
    badPanel: '#4a2410',
    good: '#6cc0f5',
  },
}

/** The width of a README on GitHub, so that the text keeps its size. */
const width = 830
const gap = 14
const panelWidth = (width - gap) / 2
const padding = 8
const [headHeight, lineHeight, footHeight] = [58, 20, 44]
const [codeSize, characterWidth] = [12, 7.2]
const code = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
const prose = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

interface Half {
  excerpt: Excerpt
  logger: string
  target: string
  result: string
  isGood: boolean
}

/** Returns the picture as SVG: the log of four ranks with pino on the left, and with pino-rank on the right. */
export function drawPicture({ pino, pinoRank }: Run, colors: Colors): string {
  const halves: Half[] = [
    { excerpt: pino, logger: 'pino', target: 'pino/file', result: resultText(pino), isGood: false },
    { excerpt: pinoRank, logger: 'pino-rank', target: 'pino-rank-file', result: resultText(pinoRank), isGood: true },
  ]
  const rows = Math.max(pino.lines.length, pinoRank.lines.length)
  const height = headHeight + rows * lineHeight + footHeight + padding
  const title = 'The log of four ranks, with pino and with pino-rank'
  const about = `Four processes log to one file. With pino and pino/file: ${resultText(pino)}. With rankLogger and pino-rank-file: ${resultText(pinoRank)}.`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="title">${title}</title>`,
    `<desc id="desc">${escapeHtml(about)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${colors.paper}"/>`,
    ...halves.flatMap((half, at) => drawHalf(half, at * (panelWidth + gap), height, colors)),
    '</svg>',
  ].join('\n')}\n`
}

/** Returns the counts of a whole output as one line. */
export function resultText({ total, copies, torn }: Excerpt): string {
  const lines = `${total.toLocaleString('en')} lines`
  if (copies === 0 && torn === 0) return `${lines}: each record once, none torn`
  return `${lines}: ${copies.toLocaleString('en')} copies, ${torn} torn`
}

function drawHalf(
  { excerpt, logger, target, result, isGood }: Half,
  left: number,
  height: number,
  colors: Colors,
): string[] {
  const tone = isGood ? colors.good : colors.bad
  const box = `x="${left + 0.5}" y="0.5" width="${panelWidth - 1}" height="${height - 1}" rx="6"`
  const x = left + padding
  const rows = excerpt.lines.flatMap((line, at) =>
    drawLine(line, { x: left, top: headHeight + at * lineHeight }, colors),
  )
  return [
    `<rect ${box} fill="${colors.panel}" stroke="${tone}"/>`,
    `<text x="${x}" y="25" font-family="${prose}" font-size="17" font-weight="700" fill="${tone}">Four ranks with ${logger}</text>`,
    `<text x="${x}" y="46" font-family="${prose}" font-size="13" fill="${colors.faint}">one train.log, target '${target}'</text>`,
    ...rows,
    `<text x="${x}" y="${height - 18}" font-family="${prose}" font-size="15" font-weight="700" fill="${tone}">${result}</text>`,
  ]
}

function drawLine({ text, kind, isError }: Line, { x, top }: { x: number; top: number }, colors: Colors): string[] {
  const fill = kind === 'torn' ? colors.bad : kind === 'copy' ? colors.faint : isError ? colors.good : colors.ink
  const word = kind !== 'once' ? kind : isError ? 'error' : undefined
  const baseline = top + 14
  const length = Math.round(text.length * characterWidth * 10) / 10
  const under = `x="${x + 1}" y="${top}" width="${panelWidth - 2}" height="${lineHeight}"`
  const tag = `x="${x + panelWidth - padding}" y="${baseline}" text-anchor="end" font-family="${prose}" font-size="12"`
  return [
    ...(kind === 'torn' ? [`<rect ${under} fill="${colors.badPanel}"/>`] : []),
    `<text x="${x + padding}" y="${baseline}" font-family="${code}" font-size="${codeSize}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${fill}">${escapeHtml(text)}</text>`,
    ...(word ? [`<text ${tag} font-weight="${kind === 'torn' ? 700 : 400}" fill="${fill}">${word}</text>`] : []),
  ]
}
