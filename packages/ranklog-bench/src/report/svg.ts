import type { Chart } from './chart.ts'
import { escapeHtml } from './escape.ts'
import { themeCss } from './theme.ts'

/** Returns a chart as SVG. Its colours are CSS variables, which the page must set. */
export async function drawSvg({ name, heading, about, sentence, spec }: Chart): Promise<string> {
  // imported here, because loading them takes longer than a whole command without a report
  const [{ Error: errorLevel, parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  const { spec: vega } = compile(spec as never)
  const svg = await new View(parse(vega), { renderer: 'none', logLevel: errorLevel }).toSVG()
  const label = `<title id="${name}-title">${escapeHtml(heading)}</title><desc id="${name}-desc">${escapeHtml(`${about} ${sentence}`)}</desc>`
  return svg.replace(/<svg ([^>]*)>/, (_, attributes) => {
    return `<svg role="img" aria-labelledby="${name}-title ${name}-desc" ${attributes}>${label}`
  })
}

/** Returns the SVG for a separate file. It sets its own colours, light or dark as the reader prefers. */
export function standalone(svg: string): string {
  return svg.replace(/<svg [^>]*>/, (tag) => `${tag}<style>${themeCss('svg')}</style>`)
}
