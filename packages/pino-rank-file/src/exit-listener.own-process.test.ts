import { join } from 'node:path'
import t from 'tap'
import { fileStream } from './index.ts'

const rank = { rank: 0, launcher: 'test', worldSize: 4 }

t.test('a hundred streams share one exit listener', (t) => {
  const dir = t.testdir()
  const before = process.listenerCount('exit')
  const streams = Array.from({ length: 100 }, (_, i) => fileStream({ path: join(dir, `${i}.log`), rank }))
  for (const stream of streams) stream.write('x\n')
  t.equal(process.listenerCount('exit'), before + 1)
  for (const stream of streams) stream.end()
  t.equal(process.listenerCount('exit'), before)
  t.end()
})
