import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Lines } from './line.ts'
import { readBack } from './read-back.ts'

const logged = { ranks: 2, steps: 3, lines: 4, lineBytes: 150 }

function textOf(rank: number): string {
  const lines = new Lines(rank, logged.lineBytes)
  const steps = Array.from({ length: logged.steps }, (_, step) => step)
  return steps.flatMap((step) => [0, 1, 2, 3].map((line) => lines.text(step, line))).join('')
}

t.test('every line of every rank is found', async (t) => {
  const dir = t.testdir({ 'job.log': textOf(0), 'job.rank-1.log': textOf(1), 'job.rank-1.json': '{}' })
  t.same(readBack(dir, logged), { found: 24, bytes: 24 * 150, torn: 0, twice: 0 })
})

t.test('torn, lost and repeated lines are counted', async (t) => {
  const whole = textOf(0)
  const dir = t.testdir({ 'a.log': whole.slice(150), 'b.log': whole.slice(300, 750) })
  t.same(
    readBack(dir, logged),
    { found: 11, bytes: 11 * 150 + 450, torn: 0, twice: 3 },
    'one is lost, three are there twice',
  )
  const other = t.testdir({ 'a.log': whole.slice(0, 70) + whole.slice(150, -20) })
  t.match(readBack(other, logged), { found: 9, torn: 2, twice: 0 }, 'one line lacks its newline, and another its end')
  const foreign = t.testdir({ 'a.log': textOf(1).replaceAll('"rank":1', '"rank":5') })
  t.match(readBack(foreign, logged), { found: 0, torn: 12 }, 'lines of a rank that is not in the job')
})

t.test('a record of our sinks about dropped lines is not counted as torn', async (t) => {
  const dir = t.testdir({
    'a.log': '{"level":40,"time":1,"rank":3,"drops":7,"msg":"pino-rank-file: 7 lines dropped here"}\n',
  })
  t.match(readBack(dir, logged), { found: 0, torn: 0 })
})

t.test('a line that lies in two chunks of a large file is read as one line', async (t) => {
  const dir = t.testdir()
  const large = { ranks: 1, steps: 10, lines: 1000, lineBytes: 1000 }
  const lines = new Lines(0, large.lineBytes)
  const text = Array.from({ length: 10_000 }, (_, at) => lines.text(Math.floor(at / 1000), at % 1000)).join('')
  writeFileSync(join(dir, 'a.log'), text)
  t.same(readBack(dir, large), { found: 10_000, bytes: 1e7, torn: 0, twice: 0 })
})
