import type { PageNotes } from '../plan.ts'

const jest = 'verify-commonjs.ts writes it next to tests, and runs Jest on Node 20 and 22'

/** All other documents with blocks. */
export const otherPages: Readonly<Record<string, PageNotes>> = {
  'CONTRIBUTING.md': {
    notRun: { 'npm run demo': 'commands of a clone: .ci/run runs both' },
  },
  'docs/commonjs.md': {
    notRun: {
      '// jest-node-require.cjs': jest,
      '// jest.config.cjs': jest,
      'npx jest': 'verify-commonjs.ts runs it on Node 20 and 22',
    },
    expected: { '// train.cjs': { leaves: { 'train.log': ['0 ready'] } } },
  },
  'docs/run-times.md': {
    expected: { 'node bundle.cjs': { leaves: { 'train.log': ['0 ready'] } } },
  },
}
