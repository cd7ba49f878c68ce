import t from 'tap'
import { Reports } from './reports.ts'

const coded = (code: string) => Object.assign(new Error(`${code}: it failed`), { code })

t.test('each kind of fault is reported once, and the last one is named where lines are missing', async (t) => {
  const said: string[] = []
  const reports = new Reports({ name: 'x', kept: 'kept', report: (line) => said.push(line) })
  for (const code of ['ENOSPC', 'ENOSPC', 'EIO', 'ENOSPC', 'EIO']) reports.fault(coded(code))
  t.strictSame(said, ['x: ENOSPC: it failed; make room on the disk; kept', 'x: EIO: it failed; look at the disk; kept'])
  t.match(JSON.parse(reports.drops(3) as string), { drops: 3, msg: 'x: 3 lines dropped here: EIO: it failed' })
  t.equal(reports.drops(3), undefined)
})

t.test('faults without a code are one kind', async (t) => {
  const said: string[] = []
  const reports = new Reports({ name: 'x', kept: 'kept', report: (line) => said.push(line) })
  for (const message of ['a', 'b']) reports.fault(new Error(message))
  t.strictSame(said, ['x: a; kept'])
})
