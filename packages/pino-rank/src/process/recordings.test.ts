import t from 'tap'
import { dumpRecordings, onFailure } from './recordings.ts'

t.test('a dump that throws does not stop the others, and dumpRecordings does not throw', async (t) => {
  const dumped: string[] = []
  const recording = (name: string, thrown?: unknown) => ({
    dump: () => {
      dumped.push(name)
      if (thrown) throw thrown
    },
  })
  const all = [recording('a', new Error('a')), recording('b'), recording('c', 'c'), recording('d')]
  for (const one of all) onFailure(one, {})
  t.doesNotThrow(dumpRecordings)
  t.strictSame(dumped, ['a', 'b', 'c', 'd'])
})
