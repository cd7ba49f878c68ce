import t from 'tap'
import { filesBeyondLimits } from './retention-limits.ts'

const day = 86_400_000
const now = 100 * day
/** Oldest first: 4, 3, 2 and 1 days old. */
const files = [4, 3, 2, 1].map((days) => ({ days, size: 10, mtimeMs: now - days * day }))

const kept: [name: string, limits: object, expected: number[]][] = [
  ['all, without a limit', {}, []],
  ['so many', { keepFiles: 3 }, [4]],
  ['the newest at least', { keepFiles: 1, keepBytes: 1 }, [4, 3, 2]],
  ['so many bytes', { keepBytes: 25 }, [4, 3]],
  ['so many days', { keepDays: 2 }, [4, 3]],
  ['whatever is least', { keepFiles: 3, keepBytes: 20, keepDays: 3 }, [4, 3]],
]

for (const [name, limits, expected] of kept) {
  t.test(`kept: ${name}`, (t) => {
    t.strictSame(
      filesBeyondLimits(files, limits, now).map(({ days }) => days),
      expected,
    )
    t.end()
  })
}
