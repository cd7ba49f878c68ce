/** Text on a terminal: colours, progress, widths, readable records, and escaping of control characters. */
export { withoutBar } from './bar.ts'
export { hasColors } from './colors.ts'
export { humanReadable, labelledLines } from './human-readable.ts'
export { prettyLines, safeLines } from './pretty.ts'
export { Progress } from './progress.ts'
export { cutText, textWidth } from './text-width.ts'
