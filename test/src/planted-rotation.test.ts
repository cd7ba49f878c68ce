/** Rotation next to files, folders and links that are not ours but have names like rotated files. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileStream } from 'pino-rank-file'
import { rotatedFiles } from 'pino-rank-file/read'
import t from 'tap'
import { makeFifo } from './kit/run-command.ts'

const rank = { rank: 0, launcher: 'test', worldSize: 1 }

const planted: [name: string, rotated: string[]][] = [
  ['x.log.9999999999999', ['x.log.10000000000000', 'x.log.10000000000001']],
  ['x.log.99999999999999999999', ['x.log.1', 'x.log.2']],
  ['x.log.01', ['x.log.1', 'x.log.2']],
  ['x.log.-1', ['x.log.1', 'x.log.2']],
  ['x.log.0', ['x.log.1', 'x.log.2']],
  ['x.log.7.gz', ['x.log.8', 'x.log.9']],
  ['x.log-20250101', ['x.log.1', 'x.log.2']],
]

for (const [name, rotated] of planted) {
  for (const kind of ['file', 'folder', 'FIFO', 'link'] as const) {
    t.test(`next to a ${kind} named ${name} the rotation continues`, async (t) => {
      const dir = t.testdir()
      const path = join(dir, 'x.log')
      const entry = join(dir, name)
      if (kind === 'file') writeFileSync(entry, 'theirs\n')
      else if (kind === 'folder') mkdirSync(entry)
      else if (kind === 'FIFO') makeFifo(entry)
      else symlinkSync('/dev/zero', entry)
      const stream = fileStream({ path, rank, flushBytes: 1, rotate: { maxBytes: 4 } })
      for (const line of ['one', 'two', 'three']) stream.write(`${line}\n`)
      stream.end()
      t.strictSame(readdirSync(dir).sort(), [...rotated, 'x.log', name].sort())
      const files = rotatedFiles(path).filter((file) => file !== entry)
      t.strictSame(
        files.map((file) => readFileSync(file, 'utf8')),
        ['one\n', 'two\n', 'three\n'],
      )
      if (kind === 'file') t.equal(readFileSync(entry, 'utf8'), 'theirs\n')
    })
  }
}
