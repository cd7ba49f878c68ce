// The name of the file with the snapshots follows from the name of the process, so this test has its own.
import t from 'tap'
import { ranklog } from './kit/ranklog.ts'

t.test('--help prints the help text of each command', async (t) => {
  for (const command of ['', 'run', 'merge', 'tail', 'status', 'explain', 'completions']) {
    const { code, stdout } = await ranklog(t, [...(command ? [command] : []), '--help'])
    t.equal(code, 0)
    t.matchSnapshot(stdout, command || 'ranklog')
  }
})

t.test('without a command, and with an unknown one, the exit code is 2', async (t) => {
  t.match(await ranklog(t, []), { code: 2 })
  t.match(await ranklog(t, ['mrege']), {
    code: 2,
    stderr: 'ranklog: unknown command "mrege"; use one of run, merge, tail, status, explain, completions\n',
  })
})
