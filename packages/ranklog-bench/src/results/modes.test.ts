import t from 'tap'
import { modes, noLogging as suiteNoLogging } from '../ranks/index.ts'
import { isOurs, kindOf, noLogging } from './modes.ts'

t.test('kindOf and isOurs agree with the table of modes', async (t) => {
  t.equal(noLogging, suiteNoLogging)
  for (const { name, writers, isOurs: ours = false, isSink = false } of modes) {
    const rival = isSink ? 'harness' : 'ungated'
    const own = writers === '0' ? 'gated' : 'ours'
    t.equal(kindOf(name), writers === 'none' ? 'none' : ours ? own : rival, name)
    t.equal(isOurs(name), ours, name)
  }
})
