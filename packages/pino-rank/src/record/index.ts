/** Fields of a record, as pino and others write them: the one reader of each. */
export { type Level, type Levels, levelLabel, pinoLevels } from './levels.ts'
export { defaultLevel, levelNumber, levelsOf } from './logger-levels.ts'
export { levelAt, levelOf, lineLevel } from './record-level.ts'
export { timeOf } from './record-time.ts'
