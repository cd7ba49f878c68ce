import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readProcessStat } from 'pino-rank/process'
import t from 'tap'
import { ranklog } from './kit/ranklog.ts'
import { canRun } from './kit/run-command.ts'
import { node, runProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'

const skip = process.platform !== 'linux'

/** Resolves when a process that is not our child has ended. */
function untilDead(pid: number): Promise<void> {
  return until(() => readProcessStat(pid)?.isDead !== false)
}

const numbersIn = (path: string) => readFileSync(path, 'utf8').trim().split(/\s+/).map(Number)

for (const [name, argument] of [
  ['a rank that ended long ago', ''],
  ['a rank whose remaining process has ended too', 'leaves'],
] as const) {
  t.test(`a program that reuses the process id of ${name} is not killed`, { skip }, async (t) => {
    const program = fileURLToPath(new URL('./programs/reused-group.js', import.meta.url))
    // the shell waits for orphans, whose ids could otherwise not be used again
    const inNamespace = ['--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', '"$@"; exit $?', 'sh']
    const args = [...inNamespace, ...node, program, t.testdir(), argument]
    const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
    if (!canRun('unshare', ...asUser, '--pid', '--mount-proc', '--fork', 'true'))
      return t.comment('skipped: unshare may not make a namespace here')
    const { stdout, stderr } = await runProcess(t, ['unshare', ...asUser, ...args])
    t.equal(stderr, '')
    t.strictSame(JSON.parse(stdout), { code: 0, stranger: [0, null] })
  })
}

t.test('processes that a rank started and did not end run until the job ends', { skip }, async (t) => {
  const dir = t.testdir()
  const [left, seen] = [join(dir, 'left'), join(dir, 'seen')]
  // rank 0 ends while its child still runs, and rank 1 then checks the child
  const script = `
    if [ $RANK = 0 ]; then env -i sleep 600 > /dev/null 2>&1 & echo $! > ${left}.new; mv ${left}.new ${left}; exit 0; fi
    while [ ! -s ${left} ]; do sleep 0.01; done
    parent=$(cut -d ' ' -f 4 /proc/$(cat ${left})/stat)
    while [ "$(cut -d ' ' -f 5 /proc/$parent/stat)" = "$(cut -d ' ' -f 5 /proc/$(cat ${left})/stat)" ]; do
      parent=$(cut -d ' ' -f 4 /proc/$(cat ${left})/stat); done
    cut -d ' ' -f 3 /proc/$(cat ${left})/stat > ${seen}`
  const { code, stderr } = await ranklog(t, ['run', '-n', '2', '--', 'sh', '-c', script])
  t.strictSame([code, stderr], [0, ''])
  t.match(readFileSync(seen, 'utf8'), /^[RS]\n$/, 'it was running after its rank had ended')
  await untilDead(numbersIn(left)[0] as number)
})

t.test('a process that a remaining process started after its rank ended is ended with the job', { skip }, async (t) => {
  const path = join(t.testdir(), 'left')
  const script = `
    if [ $RANK = 1 ]; then while [ ! -s ${path} ]; do sleep 0.01; done; exit 0; fi
    sh -c 'while [ -e /proc/'$$' ]; do sleep 0.01; done; sleep 600 & echo $! > ${path}.new; mv ${path}.new ${path}' > /dev/null 2>&1 &`
  const { code, stderr } = await ranklog(t, ['run', '-n', '2', '--', 'sh', '-c', script])
  t.strictSame([code, stderr], [0, ''])
  await untilDead(numbersIn(path)[0] as number)
})

t.test('each attempt ends the remaining processes of its ranks, except detached ones', { skip }, async (t) => {
  const dir = t.testdir()
  const script = `sleep 600 > /dev/null 2>&1 & echo $! > ${dir}/left-$TORCHELASTIC_RESTART_COUNT
    setsid sleep 600 > /dev/null 2>&1 & echo $! > ${dir}/daemon-$TORCHELASTIC_RESTART_COUNT
    [ $TORCHELASTIC_RESTART_COUNT = 1 ] && while [ "$(cut -d ' ' -f 3 /proc/$(cat ${dir}/left-0)/stat 2> /dev/null)" = S ]; do sleep 0.01; done
    while [ "$(cut -d ' ' -f 6 /proc/$(cat ${dir}/daemon-$TORCHELASTIC_RESTART_COUNT)/stat)" = $$ ]; do sleep 0.01; done
    exit $((1 - TORCHELASTIC_RESTART_COUNT))`
  const { code } = await ranklog(t, ['run', '--max-restarts', '1', '--', 'sh', '-c', script])
  t.equal(code, 0)
  for (const attempt of [0, 1]) {
    await untilDead(numbersIn(join(dir, `left-${attempt}`))[0] as number)
    const [daemon = 0] = numbersIn(join(dir, `daemon-${attempt}`))
    t.equal(readProcessStat(daemon)?.isDead, false)
    process.kill(daemon, 'SIGKILL')
  }
})

t.test('a grace time that is longer than the maximum of a Node timer does not end ranks at once', async (t) => {
  const ready = join(t.testdir(), 'ready')
  const script = `
    if [ $RANK = 1 ]; then while [ ! -e ${ready} ]; do sleep 0.01; done; exit 3; fi
    trap 'i=0; while [ $i -lt 30 ]; do sleep 0.01; i=$((i + 1)); done; exit 7' TERM
    touch ${ready}; while :; do sleep 0.01; done`
  for (const grace of ['2147484', '9007199254740991']) {
    const { code, stderr } = await ranklog(t, ['run', '-n', '2', '--grace', grace, '--', 'sh', '-c', script])
    t.equal(code, 3)
    t.match(stderr, /rank 0 followed: exit code 7\n/)
    t.notMatch(stderr, /Warning|overflow/i)
    t.ok(existsSync(ready))
  }
})
