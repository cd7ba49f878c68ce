import { fileStreamDifferences } from './file-stream-differences.ts'
import { fileTargetDifferences } from './file-target-differences.ts'
import { rankLoggerDifferences, rankLoggerDifferencesIn10 } from './rank-logger-differences.ts'

/** Tests that fail, by the reason. A test is named after its file: `basic.test.js: name`. */
export type Differences = readonly (readonly [reason: string, tests: readonly string[]])[]

/** The tests in a peer's npm package, with modules of its replaced by ours. */
export interface Suite {
  name: string
  peer: string
  /** The exact version. */
  version: string
  /** The file of the folder `stand-ins` for each file that is replaced. */
  standIns: Readonly<Record<string, string>>
  /** The test files, as paths in the peer's folder `test`. */
  files: RegExp
  /** Those that are left out, with the reason. */
  leftOut: readonly (readonly [files: RegExp, reason: string])[]
  /** Tests that are left out, by the start of their names, with the reason. For suites of tap. @default none */
  leftOutTests?: readonly [start: string, reason: string]
  differences: Differences
  /** True if it runs in the full matrix only. @default false */
  inFullMatrix?: boolean
}

const notPino: Suite['leftOut'] = [[/^browser/, 'for pino/browser, which nothing of ours replaces']]

const pinoSuites = ['10.4.0', '9.14.0'].flatMap((version): Suite[] => {
  const is10 = version.startsWith('10.')
  const own = { peer: 'pino', version, inFullMatrix: !is10 }
  return [
    {
      ...own,
      name: `pino ${version}, its loggers made by rankLogger`,
      standIns: { 'pino/pino.js': 'pino.cjs' },
      files: /^([^/]+|esm\/[^/]+)[.]test[.]js$/,
      leftOut: notPino,
      differences: [...rankLoggerDifferences, ...(is10 ? rankLoggerDifferencesIn10 : [])],
    },
    {
      ...own,
      name: `pino ${version}, pino-rank-file in the place of pino/file`,
      inFullMatrix: true, // two minutes: its tests wait by the clock
      standIns: { 'pino/pino.js': 'pino-that-parses.cjs', 'pino/file.js': 'file.cjs' },
      files: /^transport\/[^/]+[.]test[.](js|mjs)$/,
      leftOut: [],
      differences: fileTargetDifferences,
    },
  ]
})

export const suites: readonly Suite[] = [
  ...pinoSuites,
  {
    name: 'sonic-boom, fileStream in its place',
    peer: 'sonic-boom',
    version: '4.2.1',
    standIns: { 'sonic-boom/index.js': 'sonic-boom.cjs' },
    files: /[.]test[.]js$/,
    leftOut: [],
    leftOutTests: ['write enormously large buffers', 'half a GiB without a newline is one line, which stays in memory'],
    differences: fileStreamDifferences,
  },
]
