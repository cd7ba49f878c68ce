import t from 'tap'
import { canRun, cpuOf, rssOf, runCommand, timed } from './command.ts'

const counting = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'

t.test('runCommand returns the output, the time, the memory and the CPU time of a command', async (t) => {
  const before = Date.now()
  const finished = await runCommand([...timed, 'sh', '-c', `echo out; echo err >&2; ${counting}`], { name: 'sh' })
  t.equal(finished.stdout, 'out\n')
  t.match(finished.stderr, /^err\n/)
  t.ok(finished.ns > 0 && finished.exited >= before)
  t.ok(rssOf(finished) > 0.1 && rssOf(finished) < 1000, 'MB')
  t.ok(cpuOf(finished) > 0 && cpuOf(finished) < 60, 's')
})

t.test('a command that fails throws an error with its exit status and the end of its stderr', async (t) => {
  const failing = runCommand(['sh', '-c', 'echo why >&2; exit 3'], { name: 'a tool' })
  await t.rejects(failing, { message: 'a tool: exit 3: why' })
  await t.rejects(runCommand(['/nonexistent/tool'], { name: 'a tool' }), { code: 'ENOENT' })
})

t.test('rssOf throws for a command that did not run under time(1)', async (t) => {
  const finished = await runCommand(['true'], { name: 'true' })
  t.throws(() => rssOf(finished), /time\(1\) is missing/)
})

t.test('canRun reports whether a command exists and succeeds', async (t) => {
  t.same([canRun('true'), canRun('false'), canRun('/nonexistent/tool')], [true, false, false])
})
