import t from 'tap'
import { ancestorsOf, hasLed, readProcessStat, startedBefore, thisProcess } from '../process.ts'

const skip = process.platform !== 'linux'

t.test('startedBefore compares start times', async (t) => {
  const own = { ...thisProcess(), boot: 'b', pidNamespace: 'n', startTime: '1000' }
  t.equal(startedBefore({ ...own, startTime: '999' }, own), true)
  t.equal(startedBefore(own, { ...own, startTime: '999' }), false)
  t.equal(startedBefore(own, { ...own, pid: 1 }), undefined, 'in the same tick')
  t.equal(startedBefore(own, { ...own, startTime: '' }), undefined)
  t.equal(startedBefore({ ...own, boot: 'c', startTime: '1' }, own), undefined, 'another boot')
  const words = { ...own, startTime: 'Sat Nov 28 21:02:05 2026' }
  t.equal(startedBefore(words, { ...own, startTime: 'Sat Nov 28 21:02:06 2026' }), true)
})

t.test('hasLed recognises the ended leader of this session or group', { skip }, async (t) => {
  const { session, processGroup } = readProcessStat(process.pid) ?? { session: 0, processGroup: 0 }
  const other = { ...thisProcess(), startTime: '1' }
  for (const pid of [session, processGroup]) t.equal(hasLed({ ...other, pid }), pid !== process.pid)
  t.notOk(hasLed({ ...other, pid: 2 ** 22 + 1 }))
  t.notOk(
    hasLed({ ...other, pid: session, startTime: '999999999999' }),
    'the process that has the number now is younger',
  )
})

t.test(
  'the ancestors of a process begin with its parent, and each is the parent of the one before it',
  { skip },
  async (t) => {
    const ancestors = ancestorsOf(process.pid)
    t.equal(ancestors[0]?.pid, process.ppid)
    for (const [at, { pid, startTime }] of ancestors.entries()) {
      const stat = readProcessStat(pid)
      t.equal(startTime, stat?.startTime)
      t.equal(stat?.parent, ancestors[at + 1]?.pid ?? 0, 'the last one has no parent that can be seen')
    }
    t.strictSame(ancestorsOf(2 ** 22 + 1), [])
  },
)
