export type { CsvOptions } from './csv-options.ts'
export { type CsvStreamOptions, csvStream, default } from './csv-sink.ts'
export { rank } from './rank.ts'
