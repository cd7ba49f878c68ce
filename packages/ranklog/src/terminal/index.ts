/** Text for people: colours, progress, widths, and text that is safe for a terminal. */
export { withoutBar } from './bar.ts'
export { hasColors } from './colors.ts'
export { forPeople, labelled } from './for-people.ts'
export { prettyLines, safeLines } from './pretty.ts'
export { Progress } from './progress.ts'
export { cutText, textWidth } from './text-width.ts'
