import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { breakDisk, filesIn, id, openQueue, repairDisk, send } from './spool-queue.test-kit.ts'

type Step = { push: number } | { send: number } | 'break' | 'repair' | 'kill'

const steps = fc.array(
  fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ send: fc.integer({ min: 0, max: 8 }) }),
    fc.constantFrom<Step>('break', 'repair', 'kill'),
  ),
  { maxLength: 40 },
)

/** Carries out the steps and sends the remaining records. Returns the records in order of arrival, and those that had to arrive. */
function run(t: Test, list: readonly Step[]): { arrived: string[]; expected: string[]; files: string[] } {
  const path = join(t.testdir(), 'spool')
  let { queue, folder } = openQueue(path, { maxPendingBytes: 1e9 })
  const arrived = new Set<string>()
  const arrive = (texts: Iterable<string>) => {
    for (const text of texts) arrived.add(text)
  }
  let expected: string[] = []
  /** Records that were pushed while the disk failed. A kill may lose them. */
  let atRisk = new Set<string>()
  let isBroken = false
  let pushed = 0
  const repair = () => {
    if (isBroken) repairDisk(path)
    isBroken = false
  }
  for (const step of [...list, 'repair', { send: Infinity }] as Step[]) {
    if (step === 'break') {
      if (!isBroken) breakDisk(path)
      isBroken = true
    } else if (step === 'repair') repair()
    else if (step === 'kill') {
      repair()
      for (const file of filesIn(path)) renameSync(file, join(path, `test-${id}.free.00000000.ndjson`))
      for (const file of folder.claimOrphaned()) {
        arrive([...file.lines()].slice(1).map(({ text }) => text))
        file.remove()
      }
      expected = expected.filter((text) => arrived.has(text) || !atRisk.has(text))
      atRisk = new Set()
      ;({ queue, folder } = openQueue(path, { maxPendingBytes: 1e9 }))
    } else if ('push' in step) {
      for (let n = 0; n < step.push; n++) {
        const text = `${pushed++}ä`
        queue.push(text)
        expected.push(text)
        if (isBroken) atRisk.add(text)
        else atRisk = new Set()
      }
    } else {
      try {
        arrive(send(queue, step.send))
      } catch (error) {
        if (!isBroken) throw error
      }
    }
  }
  return { arrived: [...arrived], expected, files: filesIn(path) }
}

t.test('records arrive in order, and none is lost, whatever the disk and the process do', (t) => {
  fc.assert(
    fc.property(steps, (list) => {
      const { arrived, expected, files } = run(t, list)
      const wanted = arrived.filter((text) => expected.includes(text))
      assert.deepEqual({ wanted, files }, { wanted: expected, files: [] })
    }),
    { numRuns: 200 },
  )
  t.end()
})
