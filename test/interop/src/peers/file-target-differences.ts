import type { Differences } from './suites.ts'

/** The transport tests of pino that fail with `pino-rank-file` in the place of `pino/file`. */
export const fileTargetDifferences: Differences = [
  [
    'append: false is refused, because a rank that starts later would empty the file of the others',
    ['transport/core.test.js > pino.transport with target pino/file and append option'],
  ],
  [
    'its transform writes records without newlines, and a line is only written once it has its newline',
    [
      'transport/uses-pino-config.test.js > transport uses pino config',
      'transport/uses-pino-config.test.js > transport uses pino config without customizations',
      'transport/uses-pino-config.test.js > transport uses pino config with multistream',
    ],
  ],
  ['replaces pino.destination inside of pino/file', ['transport/targets.test.js > file-target mocked']],
  [
    'needs files of pino’s repository that are not in its npm package, and fails with pino itself too',
    [
      'transport/bundlers-support.test.js > pino.transport with worker destination overridden by bundler and mjs transport',
      'transport/module-link.test.js > pino({ transport }) from a wrapped dependency',
    ],
  ],
]
