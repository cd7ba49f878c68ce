import t from 'tap'
import { Reports } from './reports.ts'

const coded = (code: string) => Object.assign(new Error(`${code}: it failed`), { code })

t.test('each kind of fault is reported once, and the record of dropped lines names the last one', async (t) => {
  const reported: string[] = []
  const reports = new Reports({ name: 'x', kept: 'kept', report: (line) => reported.push(line) })
  for (const code of ['ENOSPC', 'ENOSPC', 'EIO', 'ENOSPC', 'EIO']) reports.fault(coded(code))
  t.strictSame(reported, [
    'x: ENOSPC: it failed; make room on the disk; kept',
    'x: EIO: it failed; check the disk for errors; kept',
  ])
  t.match(JSON.parse(reports.drops(3) as string), { drops: 3, msg: 'x: 3 lines dropped here: EIO: it failed' })
  t.equal(reports.drops(3), undefined)
})

t.test('faults without a code are one kind', async (t) => {
  const reported: string[] = []
  const reports = new Reports({ name: 'x', kept: 'kept', report: (line) => reported.push(line) })
  for (const message of ['a', 'b']) reports.fault(new Error(message))
  t.strictSame(reported, ['x: a; kept'])
})
