/** The fields of a record, as pino and other loggers write them. This is their only reader. */
export { type Level, type Levels, levelLabel, pinoLevels } from './levels.ts'
export { defaultLevel, levelNumber, levelsOf } from './logger-levels.ts'
export { fieldOf } from './record-field.ts'
export { levelAt, levelOf, lineLevel, recordLevel } from './record-level.ts'
export { timeOf } from './record-time.ts'
