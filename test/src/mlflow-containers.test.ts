import t from 'tap'
import {
  ageSpools,
  containers,
  namesIn,
  signalInside,
  startServer,
  startSpoolProcess,
  stepsOf,
} from './kit/spool-process.ts'

t.test('the spool of a container that ended can be sent at once', containers, async (t) => {
  const { server, spool } = await startServer(t)
  server.responseMode = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
  await holder.stdout.until(/logged 1/)
  holder.stdin.end()
  await holder.exit
  server.responseMode = 'normal'
  t.match((await startSpoolProcess(t, ['resend', server.uri, spool], 'boxb').exit).stdout, /sent 1/)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
})

t.test('if another process sends the spool of a stopped one, there is one complete run', containers, async (t) => {
  const { server, spool } = await startServer(t)
  server.responseMode = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
  await holder.stdout.until(/logged 1/)
  signalInside(holder, 'SIGSTOP')
  ageSpools(spool)
  server.responseMode = 'normal'
  t.match((await startSpoolProcess(t, ['resend', server.uri, spool], 'boxb').exit).stdout, /sent 1/)
  server.responseMode = 503
  signalInside(holder, 'SIGCONT')
  holder.stdin.write('\n')
  await holder.stdout.until(/logged 2/)
  t.equal(namesIn(spool).length, 1, 'it continues in a new file')
  server.responseMode = 'normal'
  holder.stdin.end()
  await holder.exit
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
})

t.test(
  'a spool is not sent while its process may run, even if both containers have a process with the same pid',
  containers,
  async (t) => {
    const { server, spool } = await startServer(t)
    server.responseMode = 503
    const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
    await holder.stdout.until(/logged 1/)
    ageSpools(spool, true)
    server.responseMode = 'normal'
    const early = (await startSpoolProcess(t, ['resend', server.uri, spool], 'boxb').exit).stdout
    t.match(early, /a process on boxa may still be writing it; .*\nsent 0/)
    holder.kill()
    await holder.exit
    ageSpools(spool, true)
    t.match(
      (await startSpoolProcess(t, ['resend', server.uri, spool], 'boxa').exit).stdout,
      /sent 0/,
      'it may still be alive',
    )
    ageSpools(spool)
    t.match((await startSpoolProcess(t, ['resend', server.uri, spool], 'boxa').exit).stdout, /sent 1/)
    t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
  },
)

t.test('a process does not create its run while another process sends the run’s spool', containers, async (t) => {
  const { server, spool } = await startServer(t)
  server.responseMode = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
  await holder.stdout.until(/logged 1/)
  signalInside(holder, 'SIGSTOP')
  ageSpools(spool)
  let answer = () => {}
  server.responseMode = new Promise((resolve) => {
    answer = resolve
  })
  const asked = server.requests.length
  const sender = startSpoolProcess(t, ['resend', server.uri, spool], 'boxb')
  while (server.requests.length === asked) await server.nextRequest()
  server.responseMode = 'normal'
  signalInside(holder, 'SIGCONT')
  holder.stdin.write('\n')
  await holder.stdout.until(/logged 2/)
  t.equal(server.runs.size, 0)
  answer()
  t.match((await sender.exit).stdout, /sent 1/)
  holder.stdin.end()
  await holder.exit
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
})
