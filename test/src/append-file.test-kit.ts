import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { AppendFile } from '../../packages/pino-rank-file/dist/append/append-file.js'
import type { AppendFileOptions } from '../../packages/pino-rank-file/dist/append/append-file-options.js'
import { ManualClock } from '../../packages/pino-rank-lines/dist/system/manual-clock.test-kit.js'

export interface TestFile {
  dir: string
  path: string
  clock: ManualClock
  /** The paths that were reported as truncated by another program. */
  cut: string[]
  file: AppendFile
  /** Writes a text, and checks that all of it was written. */
  write(text: string): void
  /** Returns the content of the file, or of the file with this path. */
  text(path?: string): string
}

/** Returns an AppendFile on a real disk, with a manual clock. */
export function appendFile(t: Test, options: AppendFileOptions = {}): TestFile {
  const dir = join(t.testdir(), 'logs')
  const path = join(dir, 'train.log')
  const clock = new ManualClock()
  const cut: string[] = []
  const place = { path, mkdir: true, mode: 0o640 }
  const file = new AppendFile(place, { clock, onTruncate: (path) => cut.push(path), ...options })
  t.teardown(() => file.close())
  const write = (text: string) => t.equal(file.write(Buffer.from(text)), text.length)
  return { dir, path, clock, cut, file, write, text: (name = path) => readFileSync(name, 'utf8') }
}
