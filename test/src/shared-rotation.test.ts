import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { rotatedFiles } from 'pino-rank-file/read'
import { systemClock } from 'pino-rank-lines/system'
import t from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { agedDisk } from '../../packages/pino-rank-file/dist/rotation/aged-disk.test-kit.js'
import { FileRotation } from '../../packages/pino-rank-file/dist/rotation/file-rotation.js'
import { Retention } from '../../packages/pino-rank-file/dist/rotation/retention.js'
import { startProgram } from './kit/start-process.ts'

const writers = 8

/** Returns how often each line is in the files, also of lines that no writer wrote. */
function census(path: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const file of rotatedFiles(path)) {
    const bytes = readFileSync(file)
    const text = String(file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    for (const line of text.split('\n').slice(0, -1)) found.set(line, (found.get(line) ?? 0) + 1)
  }
  return found
}

/** Returns a message for each line that is lost, repeated or foreign. `counts` has the number of lines of each writer. */
function flaws(found: Map<string, number>, counts: readonly number[]): string[] {
  const flaws = [...found].filter(([, times]) => times !== 1).map(([line, times]) => `${times} times: ${line}`)
  counts.forEach((count, writer) => {
    for (let seq = 0; seq < count; seq++) {
      const line = `{"writer":${writer},"seq":${seq}}`
      if (!found.delete(line)) flaws.push(`lost: ${line}`)
    }
  })
  return [...flaws, ...[...found.keys()].map((line) => `not ours: ${line}`)]
}

t.test('8 processes write each line once and rotate each full file once', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const [lines, maxBytes] = [24_000, 3000] // a file grows while it is rotated, so on a busy machine there are few rotations
  const options = JSON.stringify({ rotate: { maxBytes } })
  const children = Array.from({ length: writers }, (_, i) =>
    startProgram(t, 'rotating-writer', [`${i}`, path, options, `${lines}`]),
  )
  for (const { exit } of children) t.match(await exit, { code: 0, stderr: '' })
  const rotated = rotatedFiles(path).slice(0, -1)
  t.ok(rotated.length >= 200, `${rotated.length} rotations`)
  t.ok(
    rotated.every((file) => statSync(file).size >= maxBytes),
    'no file is rotated before it is full',
  )
  t.strictSame(flaws(census(path), Array(writers).fill(lines)), [])
  t.strictSame(
    readdirSync(join(path, '..')).filter((name) => name.startsWith('.')),
    [],
  )
})

t.test(
  'with gzip and processes that are killed in a rotation, no line is lost and the next start removes all leftovers',
  async (t) => {
    const path = join(t.testdir(), 'train.log')
    const options = JSON.stringify({ rotate: { maxBytes: 50_000, gzip: true } })
    const children = Array.from({ length: writers }, (_, i) =>
      startProgram(t, 'rotating-writer', [`${i}`, path, options, 'Infinity']),
    )
    const counted = children.map(async (child) => {
      await child.nextMessage()
      return Number(await child.nextMessage())
    })
    const dead = 5 // process i dies after i links, renames and unlinks
    const victims = Array.from({ length: dead }, (_, i) =>
      startProgram(t, 'dying-rotator', [`${writers + i}`, path, `${i}`]),
    )
    for (const { exit } of victims) t.match(await exit, { code: null, signal: 'SIGKILL' })
    for (const child of children) child.send('stop')
    const counts = [...(await Promise.all(counted)), ...Array(dead).fill(1)]
    for (const { exit } of children) t.match(await exit, { code: 0, stderr: '' })
    const before = census(path).size

    const settings = { atStart: false, names: 'numbered', gzip: true, own: true } as const
    const fileTime = () => Date.now() + 120_000
    const rotation = new FileRotation(path, 'next', { ...settings, gzip: false }, { disk: agedDisk(120_000) })
    const next = new AppendFile({ path, mkdir: true, mode: 0o640 }, { rotation })
    next.write(Buffer.from(`{"writer":${writers + dead},"seq":0}\n`))
    next.close()
    const failures: Error[] = []
    const onError = (error: Error) => failures.push(error)
    const alive = setInterval(() => {}, 60_000) // retention does not keep the process alive
    t.teardown(() => clearInterval(alive))
    await new Retention(path, settings, { clock: systemClock, fileTime, onError }).run()

    t.strictSame(failures, [])
    t.ok(before > 0)
    t.strictSame(flaws(census(path), [...counts, 1]), [])
    t.strictSame(
      readdirSync(join(path, '..')).filter((name) => name.startsWith('.')),
      [],
    )
    const plain = rotatedFiles(path).filter((file) => !file.endsWith('.gz'))
    t.equal(plain.length, 2, 'the log and the newest rotated file')
  },
)
