import type { Differences } from './suites.ts'

const inGroup = (group: string, ...names: string[]) => names.map((name) => `${group} > ${name}`)

/** The logger tests of pino that fail with `rankLogger`. The README of pino-rank has the same differences. */
export const rankLoggerDifferences: Differences = [
  [
    'levelComparison must be ASC: the gates and the routes to several targets compare numbers',
    [
      ...inGroup(
        'is-level-enabled.test.js > Descending levels suite',
        'can check if current level enabled',
        'can check if level enabled after level set',
        'can check if higher level enabled',
        'can check if lower level is disabled',
        'can check if child has current level enabled',
        'can check if custom level is enabled',
      ),
      ...inGroup(
        'is-level-enabled.test.js > Custom levels comparison',
        'Custom comparison returns true cause level is enabled',
        'Custom comparison returns false cause level is disabled',
        'Custom comparison returns true cause child level is enabled',
        'Custom comparison returns false cause child level is disabled',
      ),
      ...inGroup(
        'levels.test.js > changing level respects level comparison set to',
        'DESC in parent logger',
        'DESC in parent logger (2)',
        'custom function in parent logger',
        'custom function in child logger',
      ),
      'levels.test.js > changing level respects level comparison DESC',
    ],
  ],
  [
    'a level may be any number; one between two levels means the next one',
    ['levels.test.js > throws when creating a default value that does not exist in logger levels'],
  ],
  ['compares a whole line, and each record has its rank', ['diagnostics.test.js > asJson emits events']],
]

/** More tests that fail in pino 10: they compare the texts of errors. */
export const rankLoggerDifferencesIn10: Differences = [
  [
    'the error is a RankError, whose message also names the option and the fix',
    [
      'basic.test.js > throws when setting useOnlyCustomLevels without customLevels',
      'custom-levels.test.js > throws when useOnlyCustomLevels is set true without customLevels',
      'levels.test.js > throws when creating a default label that does not exist in logger levels',
      'levels.test.js > throws when creating a default value that does not exist in logger levels (2)',
    ],
  ],
]
