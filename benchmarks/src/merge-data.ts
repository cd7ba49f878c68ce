import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { randomFrom } from '../../packages/ranklog-bench/dist/stats/stats.js'

/** How the times of the lines of different files are ordered. */
export type MergeData = 'fine' | 'ties' | 'runs' | 'disordered' | 'ISO times' | 'equal ranks'

const chunk = 2 ** 20
const start = 1_700_000_000_000

/** Writes files of pino lines with `bytes` bytes in total, and returns their paths. The same arguments give the same files. */
export async function writeMergeData(dir: string, kind: MergeData, files: number, bytes: number): Promise<string[]> {
  mkdirSync(dir, { recursive: true })
  const paths = Array.from({ length: files }, (_, rank) => join(dir, `train.rank-${rank}.log`))
  const writers = paths.map((path) => ({ fd: openSync(path, 'w'), text: '' }))
  let written = 0
  const put = (rank: number, line: string) => {
    const writer = writers[rank] as { fd: number; text: string }
    writer.text += line
    written += line.length
    if (writer.text.length < chunk) return
    writeSync(writer.fd, writer.text)
    writer.text = ''
  }
  const next = linesOf(kind, files)
  for (let pause = chunk; written < bytes; pause += chunk) {
    while (written < Math.min(bytes, pause)) next(put)
    await turn() // lets the process handle signals
  }
  for (const { fd, text } of writers) {
    writeSync(fd, text)
    closeSync(fd)
  }
  return paths
}

type Put = (rank: number, line: string) => void

function linesOf(kind: MergeData, files: number): (put: Put) => void {
  const random = randomFrom(1)
  let time = start
  let count = 0
  const line = (rank: number, at: number | string) =>
    `{"level":30,"time":${at},"pid":${4000 + rank},"hostname":"node-1","rank":${rank},"step":${100_000 + (count % 900_000)},"loss":0.${100_000 + ((7919 * count++) % 899_999)},"msg":"training step done, all well"}\n`
  const any = () => Math.floor(files * random())
  const later = (part: number) => {
    if (random() < part) time++
  }
  switch (kind) {
    case 'fine':
      return (put) => {
        later(0.05)
        const rank = any()
        put(rank, line(rank, time))
      }
    case 'ties':
      return (put) => {
        time += 5
        for (let rank = 0; rank < files; rank++) for (let at = 0; at < 20; at++) put(rank, line(rank, time))
      }
    case 'runs':
      return (put) => {
        const rank = any()
        for (let at = 0; at < 200; at++) {
          later(0.1)
          put(rank, line(rank, time))
        }
      }
    case 'disordered':
      return (put) => {
        later(0.05)
        const rank = any()
        put(rank, line(rank, time - Math.floor(3 * random())))
      }
    case 'ISO times':
      return (put) => {
        later(0.05)
        const rank = any()
        put(rank, line(rank, `"${new Date(time).toISOString()}"`))
      }
    case 'equal ranks':
      return (put) => {
        later(0.3)
        count++
        for (let rank = 0; rank < files; rank++)
          put(
            rank,
            `{"level":30,"time":${time + Math.floor(3 * random())},"pid":${4000 + rank},"hostname":"node-1","rank":${rank},"step":${100_000 + (count % 900_000)},"msg":"said by all ranks in the same words"}\n`,
          )
      }
  }
}
