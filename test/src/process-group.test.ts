import { once } from 'node:events'
import { type GroupMember, readProcessStat, systemGroups } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { startProcess, type TestProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'

const skip = process.platform !== 'linux'

/** Starts a shell that leads a group and a session of its own, with one child. Both wait. */
async function startGroup(t: Test): Promise<{ leader: TestProcess; child: number }> {
  const leader = startProcess(t, ['sh', '-c', 'sleep 60 & echo $!; cat'], {
    detached: true,
    env: { MARK: 'é=1', EMPTY: '' },
  })
  t.teardown(() => systemGroups.exists(leader.pid) && systemGroups.kill(leader.pid, 'SIGKILL'))
  await leader.stdout.until(/\n/)
  return { leader, child: Number(leader.stdout.text) }
}

t.test('a group exists as long as it has a member, and its members are found', { skip }, async (t) => {
  const { leader, child } = await startGroup(t)
  const group = leader.pid
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
  await once(leader.child, 'exit')
  t.notOk(found().includes(group))
  t.ok(found().includes(child))
  t.ok(systemGroups.exists(group), 'its leader has ended')
  systemGroups.kill(group, 'SIGKILL')
  await until(() => !systemGroups.exists(group))
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
