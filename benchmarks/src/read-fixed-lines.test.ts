import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import pino from 'pino'
import t from 'tap'
import { logFilesIn } from '../../packages/ranklog-bench/dist/ranks/log-files.js'
import { lineBytes, writeLine } from './fixed-line.ts'
import { readFixedLines } from './read-fixed-lines.ts'

t.test('whole, torn and doubled lines are counted', async (t) => {
  const dir = t.testdir()
  const file = join(dir, 'a.log')
  const log = pino({ base: { rank: 3 } }, pino.destination({ dest: file, sync: true }))
  for (let step = 0; step < 5; step++) for (let line = 0; line < 2; line++) writeLine(log, step, line)
  log.flush()
  t.same(readFixedLines([file, join(dir, 'missing.log')]), {
    found: 10,
    bytes: 10 * lineBytes,
    torn: 0,
    twice: 0,
  })

  const whole = readFileSync(file, 'utf8')
  const other = join(dir, 'b.log')
  writeFileSync(other, whole.slice(0, 2 * lineBytes + 40))
  t.match(readFixedLines([file, other]), { found: 10, torn: 1, twice: 2 }, 'two doubled lines and a torn one')

  writeFileSync(other, `${whole.slice(0, 70)}${whole.slice(lineBytes)}`)
  t.match(readFixedLines([other]), { found: 8, torn: 1, twice: 0 }, 'a torn line without its newline')

  writeFileSync(other, '{"level":40,"rank":3,"drops":7,"msg":"pino-rank-file: 7 lines dropped here"}\n')
  t.match(readFixedLines([other]), { found: 0, torn: 0 }, 'a notice of a sink is not torn')
})

t.test('a line that is read in two chunks is whole', async (t) => {
  const file = join(t.testdir(), 'long.log')
  const log = pino({ base: { rank: 0 } }, pino.destination({ dest: file, sync: true, minLength: 16_000 }))
  const lines = 30_000
  for (let line = 0; line < lines; line++) writeLine(log, 0, line)
  log.flush()
  t.match(readFixedLines([file]), { found: lines, bytes: lines * lineBytes, torn: 0, twice: 0 })
})

t.test('rotated and compressed files are read, and manifests and temporary files are not', async (t) => {
  const dir = t.testdir()
  const file = join(dir, 'a.log')
  const log = pino({ base: { rank: 0 } }, pino.destination({ dest: file, sync: true }))
  for (let line = 0; line < 6; line++) writeLine(log, 0, line)
  log.flush()
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(4 * lineBytes))
  writeFileSync(join(dir, 'a.log.2'), whole.subarray(2 * lineBytes, 4 * lineBytes))
  writeFileSync(join(dir, 'a.log.1.gz'), gzipSync(whole.subarray(0, 2 * lineBytes + 10)))
  writeFileSync(join(dir, '.a.log.pack-1'), 'half')
  writeFileSync(join(dir, 'a.json'), '{}')
  t.match(readFixedLines(logFilesIn(dir)), { found: 6, bytes: 6 * lineBytes + 10, torn: 1, twice: 0 })
})
