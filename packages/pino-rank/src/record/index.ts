/** Fields of a record, as pino and others write them: the one reader of each. */
export { type Level, type Levels, levelLabel, pinoLevels } from './levels.ts'
export { defaultLevel, levelNumber, levelsOf } from './logger-levels.ts'
export { fieldOf } from './record-field.ts'
export { levelAt, levelOf, lineLevel, recordLevel } from './record-level.ts'
export { timeOf } from './record-time.ts'
