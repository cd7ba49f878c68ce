import type { GroupMember, GroupTable } from 'pino-rank/process'
import t from 'tap'
import { RemainingGroup } from './remaining-group.ts'

const group = 500
const entry = 'RANKLOG_CAUSE_FILE=/tmp/ranklog-a/0-cause.json'

/** A process table that the test sets. */
class ScriptedGroups implements GroupTable {
  list: (GroupMember & { entries?: string[] })[] = []
  refuses: string | undefined
  killed: GroupMember[] = []

  exists(): boolean {
    return this.list.length > 0
  }
  members(): GroupMember[] {
    return this.list
  }
  hasMember(_: number, { pid, startTime, session }: GroupMember): boolean {
    const same = (one: GroupMember) => one.pid === pid && one.startTime === startTime && one.session === session
    return startTime !== '' && this.list.some(same)
  }
  hasInEnvironment(pid: number, entry: string): boolean {
    return this.list.some((member) => member.pid === pid && member.entries?.includes(entry))
  }
  kill(): void {
    if (this.refuses) throw Object.assign(new Error(`kill ${this.refuses}`), { code: this.refuses })
    this.killed.push(...this.list)
  }
}

const child = { pid: 501, startTime: '100', session: group }
const grandchild = { pid: 777, startTime: '300', session: group }
const marked = { ...grandchild, entries: [entry] }
const leader = { pid: group, startTime: '400', session: group }

const cases: [name: string, atExit: object[], atEnd: object[], killed: boolean][] = [
  ['no process remains', [], [], false],
  ['a child remains', [child], [child], true],
  ['the child has ended, and its group with it', [child], [], false],
  ['the group was empty, and its number now belongs to another program', [], [leader], false],
  ['the number already belongs to another program when Node reports the end', [leader, child], [child], false],
  ['the group became empty, and its number belongs to a new leader', [child], [leader, { ...child, pid: 600 }], false],
  ['the group became empty, and the new leader has ended', [child], [{ ...child, pid: 600, startTime: '500' }], false],
  ['a process of a new group has the number of the child', [child], [{ ...child, startTime: '500' }], false],
  ['a process of another session', [child], [{ ...child, session: 9 }], false],
  ['a later grandchild, while the child is running', [child], [child, grandchild], true],
  ['a later grandchild, after the child has ended', [child], [marked], true],
  ['a later grandchild without our entry in its environment', [child], [grandchild], false],
  ['a program of another run of ours', [child], [{ ...grandchild, entries: [`${entry}x`] }], false],
  [
    'a system that does not report sessions',
    [{ ...child, session: undefined }],
    [{ ...child, session: undefined }],
    true,
  ],
  [
    'a start time that cannot be read is not a proof',
    [{ ...child, startTime: '' }],
    [{ ...child, startTime: '' }],
    false,
  ],
]

for (const [name, atExit, atEnd, isKilled] of cases) {
  t.test(`${name}: ${isKilled ? 'is killed' : 'is not signalled'}`, async (t) => {
    const groups = new ScriptedGroups()
    groups.list = atExit as GroupMember[]
    const remaining = new RemainingGroup(group, entry, groups)
    groups.list = atEnd as GroupMember[]
    t.equal(remaining.kill(), isKilled ? 'sent' : 'gone')
    t.strictSame(groups.killed, isKilled ? atEnd : [])
  })
}

t.test('signalling processes of another user, or processes that have just ended, does not throw', async (t) => {
  const groups = new ScriptedGroups()
  groups.list = [child]
  const remaining = new RemainingGroup(group, entry, groups)
  groups.refuses = 'EPERM'
  t.equal(remaining.kill(), 'refused')
  groups.refuses = 'ESRCH'
  t.equal(remaining.kill(), 'gone')
  groups.refuses = 'EINVAL'
  t.throws(() => remaining.kill(), { code: 'EINVAL' })
})
