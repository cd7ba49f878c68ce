export type { CsvOptions } from './csv-options.ts'
export { type CsvStreamOptions, csvStream } from './csv-stream.ts'
export { rank } from './rank.ts'
export { default } from './transport.ts'
