import { deepEqual } from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { rotatedFiles } from 'pino-rank-file/read'
import t, { type Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import { agedDisk } from '../../packages/pino-rank-file/dist/rotation/aged-disk.test-kit.js'
import { FileRotation } from '../../packages/pino-rank-file/dist/rotation/file-rotation.js'
import { startProgram } from './kit/start-process.ts'

/** Writers at any time; as soon as one is killed another one starts. */
const writers = 8
const rotations = 200
const deaths = 24
/**
 * A rotation takes longer than the lines between two of them, so many deaths are in the middle of one. The others then write
 * on for a second, before one of them finishes it.
 */
const maxBytes = 1200
const seed = 20_251_126

/** How many messages each writer sends before it is killed. */
const lives = fc.sample(fc.noBias(fc.integer({ min: 1, max: 800 })), { seed, numRuns: 2000 })

/** How many lines of each writer are known to be written. */
const acknowledged: number[] = []
let killed = 0

/**
 * Runs a writer and kills it when it has sent its number of messages, or when all are to die. When enough have died the others live on, and
 * the job is over with the last rotation: each death in the middle of one holds it for a second, in which a fast machine spends many lives.
 */
async function live(t: Test, path: string, job: AbortController): Promise<void> {
  const all = job.signal
  const writer = acknowledged.push(0) - 1
  const running = startProgram(t, 'acknowledging-writer', [`${writer}`, path, `${maxBytes}`])
  let messages = 0
  const kill = () => running.kill()
  all.addEventListener('abort', kill)
  running.child.on('message', (lines: number) => {
    acknowledged[writer] = lines
    if (killed < deaths) {
      if (messages++ >= (lives[writer] as number)) kill()
    } else if (messages++ % 50 === 0 && rotated(path) >= rotations) job.abort()
  })
  const { code, signal } = await running.exit
  all.removeEventListener('abort', kill)
  deepEqual([code, signal], [null, 'SIGKILL'])
  killed++
}

const rotated = (path: string) => Number(rotatedFiles(path).at(-2)?.split('.').at(-1) ?? 0)

/** The lines of all files, as often as a reader finds them. */
function census(path: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of rotatedFiles(path).flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1))) {
    found.set(line, (found.get(line) ?? 0) + 1)
  }
  return found
}

t.setTimeout(120_000)

t.test(`8 writers rotate one file and are killed at random (seed ${seed}): no acknowledged line is lost`, async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'train.log')
  const all = new AbortController()
  const slot = async () => {
    while (!all.signal.aborted) await live(t, path, all)
  }
  await Promise.all(Array.from({ length: writers }, slot))
  t.ok(rotated(path) >= rotations, `${rotated(path)} rotations, ${killed} deaths`)
  const strays = () => readdirSync(dir).filter((name) => name.startsWith('.'))
  const twice = () => rotatedFiles(path).filter((file) => statSync(file).nlink > 1)
  t.comment(`left by the dead: ${strays().length} names aside, ${twice().length} names of a file that has another`)

  const disk = agedDisk(2000) // everything that is left is old enough
  const rotation = new FileRotation(
    path,
    'next',
    { atStart: false, names: 'numbered', gzip: false, own: true },
    { disk },
  )
  const next = new AppendFile({ path, mkdir: true, mode: 0o640 }, { rotation })
  acknowledged.push(1)
  next.write(Buffer.from(`{"writer":${acknowledged.length - 1},"seq":0}\n`))
  next.close()

  t.strictSame(strays(), [], 'the next start leaves nothing aside')
  t.strictSame(twice(), [], 'and gives each file one name')
  const found = census(path)
  t.strictSame(
    [...found].filter(([, times]) => times > 1),
    [],
    'no line is there twice',
  )
  const lost = acknowledged.flatMap((count, writer) => {
    let seq = 0
    while (found.delete(`{"writer":${writer},"seq":${seq}}`)) seq++ // those that it could not tell of any more, too
    return seq < count ? [`writer ${writer}: ${seq} of ${count}`] : []
  })
  t.strictSame(lost, [], 'what was acknowledged is there')
  t.strictSame([...found.keys()], [], 'and each is whole')
})
