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

t.setTimeout(300_000)

t.test('a container that ends frees its spool', containers, async (t) => {
  const { server, spool } = await startServer(t)
  server.mood = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
  await holder.stdout.until(/logged 1/)
  holder.stdin.end()
  await holder.exit
  server.mood = 'well'
  t.match((await startSpoolProcess(t, ['resend', server.uri, spool], 'boxb').exit).stdout, /sent 1/)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
})

t.test('a process that seemed dead but was not creates one run and loses nothing', containers, async (t) => {
  const { server, spool } = await startServer(t)
  server.mood = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
  await holder.stdout.until(/logged 1/)
  signalInside(holder, 'SIGSTOP')
  ageSpools(spool)
  server.mood = 'well'
  t.match((await startSpoolProcess(t, ['resend', server.uri, spool], 'boxb').exit).stdout, /sent 1/)
  server.mood = 503
  signalInside(holder, 'SIGCONT')
  holder.stdin.write('\n')
  await holder.stdout.until(/logged 2/)
  t.equal(namesIn(spool).length, 1, 'it continues in a new file')
  server.mood = 'well'
  holder.stdin.end()
  await holder.exit
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
})

t.test(
  'two containers whose processes have number 1 leave each other’s spool until its process is dead',
  containers,
  async (t) => {
    const { server, spool } = await startServer(t)
    server.mood = 503
    const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
    await holder.stdout.until(/logged 1/)
    ageSpools(spool, true)
    server.mood = 'well'
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

t.test('a process does not create its run while another process sends the beginning of it', containers, async (t) => {
  const { server, spool } = await startServer(t)
  server.mood = 503
  const holder = startSpoolProcess(t, ['hold', server.uri, spool], 'boxa')
  await holder.stdout.until(/logged 1/)
  signalInside(holder, 'SIGSTOP')
  ageSpools(spool)
  let answer = () => {}
  server.mood = new Promise((resolve) => {
    answer = resolve
  })
  const asked = server.requests.length
  const sender = startSpoolProcess(t, ['resend', server.uri, spool], 'boxb')
  while (server.requests.length === asked) await server.nextRequest()
  server.mood = 'well'
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
