/**
 * The report of a run: an HTML page, Markdown, and charts as SVG and PNG. `content.ts` says what is in it, in plain texts; `html.ts` and
 * `markdown.ts` escape these. A chart is a Vega-Lite specification with a sentence that is computed from the same figures; its colours
 * are CSS variables (`theme.ts`), so that one SVG is light and dark.
 */
export { writeReport } from './write-report.ts'
