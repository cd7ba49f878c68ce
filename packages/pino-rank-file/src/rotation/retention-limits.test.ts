import t from 'tap'
import { filesBeyondLimits } from './retention-limits.ts'

const day = 86_400_000
const now = 100 * day
/** Oldest first: 4, 3, 2 and 1 days old. */
const files = [4, 3, 2, 1].map((days) => ({ days, size: 10, mtimeMs: now - days * day }))

const cases: [name: string, limits: object, expected: number[]][] = [
  ['without a limit all files stay', {}, []],
  ['keepFiles limits their number', { keepFiles: 3 }, [4]],
  ['the newest file always stays', { keepFiles: 1, keepBytes: 1 }, [4, 3, 2]],
  ['keepBytes limits their total size', { keepBytes: 25 }, [4, 3]],
  ['keepDays limits their age', { keepDays: 2 }, [4, 3]],
  ['of several limits the strictest applies', { keepFiles: 3, keepBytes: 20, keepDays: 3 }, [4, 3]],
]

for (const [name, limits, expected] of cases) {
  t.test(`rotated files: ${name}`, (t) => {
    t.strictSame(
      filesBeyondLimits(files, limits, now).map(({ days }) => days),
      expected,
    )
    t.end()
  })
}
