/** Rotation by real processes whose clock differs from the clock that sets the times of files. */
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rotatedFiles } from 'pino-rank-file/read'
import t, { type Test } from 'tap'
import { startProgram } from './kit/start-process.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** Runs 8 processes at once, whose clocks are `ahead` ms ahead of the disk's. Returns the lines of each file, and all expected lines. */
async function ranks(t: Test, path: string, rotate: object, ahead: number) {
  const [count, opens] = [8, 10]
  const args = [path, JSON.stringify({ rotate }), `${opens}`, `${ahead}`]
  const children = Array.from({ length: count }, (_, rank) => startProgram(t, 'reopening-rank', [`${rank}`, ...args]))
  for (const { exit } of children) t.match(await exit, { code: 0, stderr: '' })
  const files = rotatedFiles(path).map((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1))
  const expected = Array.from({ length: count }, (_, rank) =>
    Array.from({ length: 10 * opens }, (_, seq) => `{"rank":${rank},"seq":${seq}}`),
  ).flat()
  return { files, expected }
}

/** Sorts lines by rank. The sort is stable, so the lines of a rank keep their order. */
function byRank(lines: readonly string[]): string[] {
  return lines.toSorted((a, b) => JSON.parse(a).rank - JSON.parse(b).rank)
}

/** Skips a test shortly before midnight, UTC, because the processes must not run past it. */
const days = { skip: Date.now() % day > day - minute ? 'it is shortly before midnight' : false }

for (const ahead of [day, 3 * day, -day]) {
  t.test(
    `8 processes whose clock is ${ahead / day} days ahead of the disk’s delete no line by keepFiles`,
    days,
    async (t) => {
      const path = join(t.testdir(), 'train.log')
      const { files, expected } = await ranks(t, path, { every: 'day', keepFiles: 1, keepDays: 1 }, ahead)
      t.strictSame(byRank(files.flat()), expected)
      t.equal(files.length, 1)
    },
  )
}

t.test('keepDays uses the clock of the disk', days, async (t) => {
  const path = join(t.testdir(), 'train.log')
  for (const [number, age] of [3, 0, 0].entries()) {
    writeFileSync(`${path}.${number + 1}`, `${number + 1}\n`)
    utimesSync(`${path}.${number + 1}`, new Date(), new Date(Date.now() - age * day))
  }
  const { files, expected } = await ranks(t, path, { keepDays: 2 }, 5 * day)
  t.strictSame(files.slice(0, -1), [['2'], ['3']], 'the first one is 3 days old, the second is of today')
  t.strictSame(byRank(files.at(-1) ?? []), expected)
})

t.test('8 processes that find yesterday’s file rotate it once', days, async (t) => {
  const path = join(t.testdir(), 'train.log')
  writeFileSync(path, 'yesterday\n')
  utimesSync(path, new Date(), new Date(Date.now() - day))
  const { files, expected } = await ranks(t, path, { every: 'day', keepFiles: 3 }, 3000)
  t.strictSame(files[0]?.[0], 'yesterday')
  t.strictSame(byRank(files.flat().slice(1)), expected)
  t.equal(files.length, 2)
})
