import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rotatedFiles } from 'pino-rank-file/read'
import { readManifests } from 'pino-rank-split'
import t, { type Test } from 'tap'
import { startProgram } from './kit/start-process.ts'

// The processes log, rotate and end in one turn of the event loop: no timer runs.
const ways = ['stream', 'worker', 'append'] as const
const packages = ['pino-rank-file', 'pino-rank-split'] as const

/** Returns the log of a package in a new folder. `run` starts a process that adds `count` lines to it. */
function log(t: Test, name: (typeof packages)[number], way: string) {
  const dir = t.testdir()
  const own = name === 'pino-rank-file' ? 'train.log' : `train.rank-${way === 'append' ? 1 : 0}.log`
  let first = 0
  const run = async (count: number, rotate: object) => {
    const args = [
      name,
      way,
      join(dir, 'train.log'),
      JSON.stringify({ flushBytes: 200, rotate }),
      `${first}`,
      `${count}`,
    ]
    t.match(await startProgram(t, 'short-logger', args).exit, { code: 0, stderr: '' })
    first += count
  }
  const files = () => rotatedFiles(join(dir, own))
  const seqs = () =>
    files().flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).seq),
    )
  return { dir, base: join(dir, own), run, files, seqs }
}

const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, i) => from + i)

for (const name of packages) {
  for (const way of ways) {
    t.test(`${name}, ${way}: a short run rotates, and has each line once and in order`, async (t) => {
      const { run, files, seqs } = log(t, name, way)
      await run(100, { maxBytes: 1000 })
      t.ok(files().length >= 5, `${files().length} files`)
      t.strictSame(seqs(), upTo(100))
    })

    t.test(`${name}, ${way}: a short run deletes files beyond keepFiles, also those of earlier runs`, async (t) => {
      const { dir, base, run, files, seqs } = log(t, name, way)
      for (const number of [1, 2, 3, 4, 5]) writeFileSync(`${base}.${number}`, '{"seq":-1}\n')
      await run(100, { maxBytes: 1000, keepFiles: 2 })
      t.equal(files().length, 3)
      const kept = seqs()
      t.strictSame(kept, upTo(100, kept[0]))
      await run(100, { maxBytes: 1000, keepFiles: 1 })
      t.equal(files().length, 2)
      t.equal(seqs().at(-1), 199)
      const [manifest] = readManifests(dir)
      if (name === 'pino-rank-split')
        t.strictSame(
          manifest?.files.map((file) => join(dir, file)),
          files(),
        )
      t.strictSame(
        readdirSync(dir).filter((file) => file.startsWith('.')),
        [],
      )
    })
  }

  t.test(`${name}: a short run that does not rotate deletes files beyond keepFiles`, async (t) => {
    const { run, files, seqs } = log(t, name, 'stream')
    await run(100, { maxBytes: 1000 })
    await run(1, { maxBytes: 1e6, keepFiles: 2 })
    t.equal(files().length, 3)
    t.equal(seqs().at(-1), 100)
  })
}

t.test('gated ranks that append to and rotate one file at once write each line once', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const options = JSON.stringify({ rotate: { maxBytes: 1000 } })
  const ranks = [0, 1, 2, 3].map((rank) =>
    startProgram(t, 'short-logger', ['pino-rank-file', 'append', path, options, `${rank * 100}`, '100']),
  )
  for (const { exit } of ranks) t.match(await exit, { code: 0, stderr: '' })
  const lines = rotatedFiles(path).flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1))
  t.strictSame(
    lines.map((line) => JSON.parse(line).seq).sort((a, b) => a - b),
    upTo(400),
  )
  t.ok(rotatedFiles(path).length > 10, `${rotatedFiles(path).length} files`)
  t.strictSame(
    readdirSync(dir).filter((file) => file.startsWith('.')),
    [],
  )
})
