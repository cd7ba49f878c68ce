/**
 * The report of a run: an HTML page, Markdown, and charts as SVG and PNG. `content.ts` has its content as plain texts.
 * `html.ts` and `markdown.ts` render and escape them. A chart is a Vega-Lite specification with a sentence that is computed
 * from the same figures. Its colours are CSS variables (`theme.ts`), so that one SVG works in light and dark mode.
 */
export { writeReport } from './write-report.ts'
