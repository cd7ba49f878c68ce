/** For readers of logs: the fields of a record, among them its level and its time. Pure functions that load nothing. */

export type { Levels } from './record/index.ts'
export { fieldOf, levelOf, lineLevel, pinoLevels, recordLevel, timeOf } from './record/index.ts'
