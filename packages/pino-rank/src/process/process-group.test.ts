import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { readProcessStat } from '../process.ts'
import { type GroupMember, parseMembers, systemGroups } from './process-group.ts'

const skip = process.platform !== 'linux'

/** Starts a shell that leads a group and a session of its own, with one child. Both wait. */
async function startGroup(t: Test): Promise<{ leader: ChildProcess; child: number }> {
  const leader = spawn('sh', ['-c', 'sleep 60 & echo $!; cat'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, MARK: 'é=1', EMPTY: '' },
  })
  t.teardown(() => systemGroups.exists(leader.pid as number) && systemGroups.kill(leader.pid as number, 'SIGKILL'))
  const [text] = await once(leader.stdout as NodeJS.ReadableStream, 'data')
  return { leader, child: Number(text) }
}

t.test('a group exists as long as it has a member, and its members are found', { skip }, async (t) => {
  const { leader, child } = await startGroup(t)
  const group = leader.pid as number
  const found = () => systemGroups.members(group).map(({ pid }) => pid)
  t.ok(found().includes(child) && found().includes(group))
  t.match(
    systemGroups.members(group).find(({ pid }) => pid === child),
    { session: group, startTime: readProcessStat(child)?.startTime },
  )
  const member = systemGroups.members(group).find(({ pid }) => pid === child) as GroupMember
  t.ok(systemGroups.hasMember(group, member))
  for (const other of [{ startTime: '1' }, { startTime: '' }, { session: 1 }, { pid: process.pid }])
    t.notOk(systemGroups.hasMember(group, { ...member, ...other }))
  t.notOk(systemGroups.hasMember(process.pid, member))
  process.kill(group, 'SIGKILL')
  await once(leader, 'exit')
  t.notOk(found().includes(group))
  t.ok(found().includes(child))
  t.ok(systemGroups.exists(group), 'its leader has ended')
  systemGroups.kill(group, 'SIGKILL')
  while (systemGroups.exists(group)) await new Promise(setImmediate)
  t.strictSame(found(), [])
  t.throws(() => systemGroups.kill(group, 'SIGKILL'), { code: 'ESRCH' })
})

t.test('only a whole entry of a process’s environment matches', { skip }, async (t) => {
  const { child } = await startGroup(t)
  const has = (entry: string) => systemGroups.hasInEnvironment(child, entry)
  t.ok(has('MARK=é=1'))
  t.ok(has('EMPTY='))
  for (const other of ['MARK=é', 'ARK=é=1', 'MARK=é=11', 'MARK', 'OTHER=1']) t.notOk(has(other), other)
  t.notOk(systemGroups.hasInEnvironment(2 ** 22 + 1, 'MARK=é=1'))
})

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
