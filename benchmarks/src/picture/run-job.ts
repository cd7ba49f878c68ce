/** Runs the job of the root README's picture with both loggers, and writes the run and its pictures to `docs/pictures`. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeVersions } from '../machine.ts'
import { excerptsOf, type Run } from './excerpt.ts'
import { runFile, writePictures } from './pictures.ts'
import type { LoggerName } from './rank-program.ts'

/** Runs the job with a logger, and returns the text of its log. */
function outputOf(logger: LoggerName, file: string): string {
  const job = fileURLToPath(new URL('./job-program.js', import.meta.url))
  execFileSync(process.execPath, [job, logger, file], { stdio: 'inherit' })
  return readFileSync(file, 'utf8')
}

const own = mkdtempSync(join(tmpdir(), 'four-ranks-'))
try {
  const [pino, pinoRank] = (['pino', 'pino-rank'] as const).map((name) => outputOf(name, join(own, name)))
  const { node = '', pino: version = '' } = describeVersions()
  const run: Run = { versions: { node, pino: version }, ...excerptsOf(pino ?? '', pinoRank ?? '') }
  writeFileSync(runFile, `${JSON.stringify(run, null, 2)}\n`)
  for (const file of writePictures()) process.stdout.write(`wrote ${file}\n`)
} finally {
  rmSync(own, { recursive: true })
}
