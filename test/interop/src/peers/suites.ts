import { fileStreamDifferences } from './file-stream-differences.ts'
import { fileTargetDifferences } from './file-target-differences.ts'
import { rankLoggerDifferences, rankLoggerDifferencesIn10 } from './rank-logger-differences.ts'

/** Reasons, and for each the tests that fail because of it. A test has the name `FILE > GROUP > TEST`. */
export type Differences = readonly (readonly [reason: string, tests: readonly string[]])[]

/** The tests in the npm package of a peer, in which our packages replace some of its modules. */
export interface Suite {
  name: string
  peer: string
  /** The exact version. */
  version: string
  /** For each file of the peer that is replaced, the file of our folder `stand-ins`. */
  standIns: Readonly<Record<string, string>>
  /** The test files, as paths in the peer's folder `test`. */
  files: RegExp
  /** Test files that do not run, each with the reason. */
  leftOut: readonly (readonly [files: RegExp, reason: string])[]
  /** Tests that do not run, by the start of their names, with the reason. Only for suites of tap. @default none */
  leftOutTests?: readonly [start: string, reason: string]
  differences: Differences
  /** True: the suite runs only with `--all`. @default false */
  inFullMatrix?: boolean
}

const notPino: Suite['leftOut'] = [[/^browser/, 'tests of pino/browser, which no package of ours replaces']]

const pinoSuites = ['10.4.0', '9.14.0'].flatMap((version): Suite[] => {
  const is10 = version.startsWith('10.')
  const own = { peer: 'pino', version, inFullMatrix: !is10 }
  return [
    {
      ...own,
      name: `the tests of pino ${version} pass with loggers of rankLogger, except the listed ones`,
      standIns: { 'pino/pino.js': 'pino.cjs' },
      files: /^([^/]+|esm\/[^/]+)[.]test[.]js$/,
      leftOut: notPino,
      differences: [...rankLoggerDifferences, ...(is10 ? rankLoggerDifferencesIn10 : [])],
    },
    {
      ...own,
      name: `the transport tests of pino ${version} pass with pino-rank-file as pino/file, except the listed ones`,
      inFullMatrix: true, // slow: the tests wait for fixed times
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
    name: 'the tests of sonic-boom pass with fileStream, except the listed ones',
    peer: 'sonic-boom',
    version: '4.2.1',
    standIns: { 'sonic-boom/index.js': 'sonic-boom.cjs' },
    files: /[.]test[.]js$/,
    leftOut: [],
    leftOutTests: ['write enormously large buffers', 'half a GiB without a newline is one line, which stays in memory'],
    differences: fileStreamDifferences,
  },
]
