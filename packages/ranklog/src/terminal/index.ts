/** Text on a terminal: colours, progress, widths, readable records, and escaping of control characters. */
export { withoutBar } from './bar.ts'
export { hasColors } from './colors.ts'
export { forPeople, labelled } from './for-people.ts'
export { prettyLines, safeLines } from './pretty.ts'
export { Progress } from './progress.ts'
export { cutText, textWidth } from './text-width.ts'
