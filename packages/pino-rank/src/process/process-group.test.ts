import t from 'tap'
import { parseMembers, systemGroups } from './process-group.ts'
import { readProcessStat } from './process-id.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux shows the members of a group in /proc' }

t.test('members are parsed from the output of ps(1) on macOS', async (t) => {
  const text = [
    '    1     1 Sat Nov 28 20:00:00 2026    ',
    '  501   500 Sat Nov 28 20:11:22 2026    ',
    ' 1500  1500 Sun Nov 29 01:02:03 2026    ',
    '  502   500 Sat Nov  7 20:11:23 2026    ',
    '',
  ].join('\n')
  t.strictSame(parseMembers(text, 500), [
    { pid: 501, startTime: 'Sat Nov 28 20:11:22 2026', session: undefined },
    { pid: 502, startTime: 'Sat Nov  7 20:11:23 2026', session: undefined },
  ])
  t.strictSame(parseMembers('', 500), [])
})

t.test('the group of this process has this process as a member, with its session', linux, async (t) => {
  const { processGroup, session, startTime } = readProcessStat(process.pid) as NonNullable<
    ReturnType<typeof readProcessStat>
  >
  const own = { pid: process.pid, startTime, session }
  const isOwn = ({ pid }: { pid: number }) => pid === process.pid
  t.equal(systemGroups.exists(processGroup), true)
  t.strictSame(systemGroups.members(processGroup).filter(isOwn), [own])
  t.strictSame(systemGroups.members(processGroup + 1).filter(isOwn), [])
  const others: [what: string, group: number, member: typeof own, isMember: boolean][] = [
    ['itself', processGroup, own, true],
    ['another group', processGroup + 1, own, false],
    ['another session', processGroup, { ...own, session: session + 1 }, false],
    ['a process that had the number before', processGroup, { ...own, startTime: '1' }, false],
    ['an unknown start', processGroup, { ...own, startTime: '' }, false],
    ['no process', processGroup, { ...own, pid: 2 ** 22 + 1 }, false],
  ]
  for (const [what, group, member, isMember] of others) t.equal(systemGroups.hasMember(group, member), isMember, what)
})

t.test('no group has a number above the largest of a process', async (t) => {
  const none = 2 ** 22 + 1
  t.equal(systemGroups.exists(none), false)
  t.strictSame(systemGroups.members(none), [])
  t.throws(() => systemGroups.kill(none, 'SIGTERM'), { code: 'ESRCH' })
})

t.test('only a whole entry of the environment with which a process started is found', linux, async (t) => {
  const { PATH = '' } = process.env
  t.equal(systemGroups.hasInEnvironment(process.pid, `PATH=${PATH}`), true)
  t.equal(systemGroups.hasInEnvironment(process.pid, `PATH=${PATH.slice(0, -1)}`), false)
  t.equal(systemGroups.hasInEnvironment(process.pid, `ATH=${PATH}`), false)
  t.equal(systemGroups.hasInEnvironment(2 ** 22 + 1, `PATH=${PATH}`), false)
})
