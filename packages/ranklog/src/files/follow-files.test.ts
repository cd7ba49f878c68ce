import { appendFileSync, copyFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { followFile } from './follow-files.ts'

/** A change of the log, and the whole text that must have been read after it. */
type Step = [change: (path: string) => void, text: string]

/** Follows `train.log`, which begins with `text`. Makes each change when the text before it has been read. */
async function follow(t: Test, text: string, steps: readonly Step[]): Promise<void> {
  const path = join(t.testdir({ 'train.log': text }), 'train.log')
  const stopped = AbortSignal.timeout(10_000) // reached only if a change is not noticed
  let [read, expected] = ['', text]
  const remaining = [...steps]
  for await (const bytes of followFile(path, { stopped, onError: (error) => t.fail(error.message) })) {
    read += Buffer.from(bytes).toString()
    if (read.length < expected.length) continue
    const [change, next] = remaining.shift() ?? []
    if (change === undefined) break
    change(path)
    expected = next as string
  }
  t.equal(read, steps.at(-1)?.[1])
}

t.test('a truncated file is read from its beginning', async (t) => {
  await follow(t, 'the first line\n', [
    [(path) => writeFileSync(path, 'second\n'), 'the first line\nsecond\n'],
    [(path) => appendFileSync(path, 'third\n'), 'the first line\nsecond\nthird\n'],
  ])
})

t.test('if a file is truncated within a line, the line gets a newline', async (t) => {
  await follow(t, 'whole\nthe beginning of a line', [
    [(path) => writeFileSync(path, 'second\n'), 'whole\nthe beginning of a line\nsecond\n'],
  ])
})

t.test('the copy that copytruncate made is not read again when the file is rotated later', async (t) => {
  await follow(t, 'the first line\n', [
    [
      (path) => {
        copyFileSync(path, `${path}.1`)
        writeFileSync(path, 'second\n')
      },
      'the first line\nsecond\n',
    ],
    [
      (path) => {
        renameSync(path, `${path}.2`)
        writeFileSync(path, 'third\n')
      },
      'the first line\nsecond\nthird\n',
    ],
  ])
})
