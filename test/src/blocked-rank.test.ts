import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { node, pathOf, runProcess } from './kit/start-process.ts'

/** The most lines in a batch of 64 KiB: a line of these ranks has more than 60 bytes. */
const maxBatch = Math.ceil(65_536 / 60)

const cases: [way: string, count: number, turn: string, minLines: number][] = [
  ['target', 1, '', 1],
  ['target', 50, '', 50],
  ['target', 5000, '', 5000 - maxBatch],
  ['target', 1, 'turn', 1],
  ['target', 5000, 'turn', 5000],
  ['{}', 1, '', 1],
  ['{}', 50, '', 50],
  ['{}', 5000, '', 5000 - maxBatch],
  ['{}', 5000, 'turn', 5000],
  ['{"flushBytes":1}', 5000, '', 5000],
]

for (const [way, count, turn, minLines] of cases) {
  const name = `${way}: a rank that logs ${count} lines, ${turn ? 'turns the event loop, ' : ''}computes and is killed`
  t.test(`${name} has written at least ${minLines} of them, in order`, async (t) => {
    const path = join(t.testdir(), 'train.log')
    const command = [...node, pathOf('blocked-rank'), way, path, String(count), ...(turn ? [turn] : [])]
    const { signal, stderr } = await runProcess(t, command)
    t.strictSame([signal, stderr], ['SIGKILL', ''])
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : ['']
    t.equal(lines.pop(), '', 'whole lines')
    t.strictSame(
      lines.map((line) => JSON.parse(line).seq),
      lines.map((_, seq) => seq),
    )
    t.ok(lines.length >= minLines, `${lines.length} lines`)
  })
}
