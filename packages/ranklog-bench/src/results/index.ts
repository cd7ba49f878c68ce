/** Results of a run: their type and JSON Schema, the short answer, tables in Markdown, and the comparison of two runs. */
export { shortAnswer } from './answer.ts'
export { answerTable } from './answer-table.ts'
export { hardestQuestions, longerStall, minRounds, type Question, roundRatio } from './cells.ts'
export { isResult, type Misfit, resultMisfit } from './check-result.ts'
export { type Comparison, compare, compareTable, isRegression, type Verdict } from './compare.ts'
export { type CompareText, compareText } from './compare-text.ts'
export { diskText } from './disk-text.ts'
export { failedSentences, failures } from './failures.ts'
export { durationText, listText, numberText, percentText, rangeText, rateText, timesText, timeText } from './figures.ts'
export { answerMarkdown, detailsMarkdown, detailTables, whereText } from './markdown.ts'
export { isOurs, kindOf, type ModeKind } from './modes.ts'
export {
  type Cell,
  type Disk,
  type FailedCell,
  type Machine,
  type Noise,
  type Result,
  type Round,
  resultFormat,
} from './result.ts'
export { resultSchema, type Schema } from './schema.ts'
export { renderTables, renderValue, shortNumber, type Table, type Value } from './table.ts'
export { writeFigures } from './write-figures.ts'
