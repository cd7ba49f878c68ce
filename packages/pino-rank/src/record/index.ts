/** Fields of a record as pino writes them. */
export {
  defaultLevel,
  type Level,
  type Levels,
  labelNumber,
  levelLabel,
  levelNumber,
  levelsOf,
  numberAt,
  pinoLevels,
} from './levels.ts'
