/** Text for people: colours, progress, and text that is safe for a terminal. */
export { hasColors } from './colors.ts'
export { forPeople } from './for-people.ts'
export { prettyLines } from './pretty.ts'
export { Progress } from './progress.ts'
