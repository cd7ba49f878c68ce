/** For readers of logs: the level and the time of a record. Pure functions; loads nothing. */

export type { Levels } from './record/index.ts'
export { levelOf, lineLevel, pinoLevels, timeOf } from './record/index.ts'
