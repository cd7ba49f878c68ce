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

/** Number of writers at any time. When one is killed, another one starts. */
const writers = 8
const rotations = 200
const deaths = 24
/**
 * The files are so small that a rotation takes longer than writing the lines between two rotations. So many writers are killed during a
 * rotation. The others then write to the same file for a second, before one of them completes the rotation.
 */
const maxBytes = 1200
const seed = 20_251_126

/** Number of messages that each writer sends before it is killed. */
const lives = fc.sample(fc.noBias(fc.integer({ min: 1, max: 800 })), { seed, numRuns: 2000 })

/** Number of lines of each writer that are acknowledged as written. */
const acknowledged: number[] = []
let killed = 0

/**
 * Runs a writer, and kills it when it has sent its number of messages, or when the job is aborted. Once enough writers have been killed, the
 * others are not killed before the last rotation. Otherwise a fast machine would kill many writers in the second that a rotation is delayed
 * by each death.
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
      // more, because the writers that are killed last may leave files with two names, which are not rotated yet
    } else if (messages++ % 50 === 0 && rotated(path) >= rotations + writers) job.abort()
  })
  const { code, signal } = await running.exit
  all.removeEventListener('abort', kill)
  deepEqual([code, signal], [null, 'SIGKILL'])
  killed++
}

const rotated = (path: string) => Number(rotatedFiles(path).at(-2)?.split('.').at(-1) ?? 0)

/** Returns the lines of all files, each with the number of times that a reader finds it. */
function census(path: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of rotatedFiles(path).flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1))) {
    found.set(line, (found.get(line) ?? 0) + 1)
  }
  return found
}

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
  t.comment(`left by killed writers: ${strays().length} temporary names, ${twice().length} files with two names`)

  const disk = agedDisk(2000) // to the next start all of these are old enough to be removed
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

  t.strictSame(strays(), [], 'the next start removes the temporary names')
  t.strictSame(twice(), [], 'each file has one name')
  const found = census(path)
  t.strictSame(
    [...found].filter(([, times]) => times > 1),
    [],
    'no line is there twice',
  )
  const lost = acknowledged.flatMap((count, writer) => {
    let seq = 0
    while (found.delete(`{"writer":${writer},"seq":${seq}}`)) seq++ // also lines that were written but not acknowledged
    return seq < count ? [`writer ${writer}: ${seq} of ${count}`] : []
  })
  t.strictSame(lost, [], 'all acknowledged lines are there')
  t.strictSame([...found.keys()], [], 'each line is whole')
})
