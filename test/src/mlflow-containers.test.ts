import t from 'tap'
import { age, containers, ended, kill, namesIn, serve, signal, start, stepsOf } from './kit/spool-process.ts'

t.setTimeout(300_000)

t.test('a container that ends frees its spool', containers, async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const holder = start(t, ['hold', server.uri, spool], 'boxa')
  await holder.until(/logged 1/)
  holder.child.stdin?.end()
  await ended(holder)
  server.mood = 'well'
  t.match(await ended(start(t, ['resend', server.uri, spool], 'boxb')), /sent 1/)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
})

t.test('a process that seemed dead but was not creates one run and loses nothing', containers, async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const holder = start(t, ['hold', server.uri, spool], 'boxa')
  await holder.until(/logged 1/)
  signal(holder, 'SIGSTOP')
  age(spool)
  server.mood = 'well'
  t.match(await ended(start(t, ['resend', server.uri, spool], 'boxb')), /sent 1/)
  server.mood = 503
  signal(holder, 'SIGCONT')
  holder.child.stdin?.write('\n')
  await holder.until(/logged 2/)
  t.equal(namesIn(spool).length, 1, 'it continues in a new file')
  server.mood = 'well'
  holder.child.stdin?.end()
  await ended(holder)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
})

t.test(
  'two containers whose processes have number 1 leave each other’s spool until its process is dead',
  containers,
  async (t) => {
    const { server, spool } = await serve(t)
    server.mood = 503
    const holder = start(t, ['hold', server.uri, spool], 'boxa')
    await holder.until(/logged 1/)
    age(spool, true)
    server.mood = 'well'
    const early = await ended(start(t, ['resend', server.uri, spool], 'boxb'))
    t.match(early, /a process on boxa may still be writing it; .*\nsent 0/)
    await kill(holder)
    age(spool, true)
    t.match(await ended(start(t, ['resend', server.uri, spool], 'boxa')), /sent 0/, 'it may still be alive')
    age(spool)
    t.match(await ended(start(t, ['resend', server.uri, spool], 'boxa')), /sent 1/)
    t.strictSame([stepsOf(server.run), namesIn(spool)], [[1], []])
  },
)

t.test('a process does not create its run while another process sends the beginning of it', containers, async (t) => {
  const { server, spool } = await serve(t)
  server.mood = 503
  const holder = start(t, ['hold', server.uri, spool], 'boxa')
  await holder.until(/logged 1/)
  signal(holder, 'SIGSTOP')
  age(spool)
  let answer = () => {}
  server.mood = new Promise((resolve) => {
    answer = resolve
  })
  const asked = server.requests.length
  const sender = start(t, ['resend', server.uri, spool], 'boxb')
  while (server.requests.length === asked) await server.nextRequest()
  server.mood = 'well'
  signal(holder, 'SIGCONT')
  holder.child.stdin?.write('\n')
  await holder.until(/logged 2/)
  t.equal(server.runs.size, 0)
  answer()
  t.match(await ended(sender), /sent 1/)
  holder.child.stdin?.end()
  await ended(holder)
  t.strictSame([stepsOf(server.run), namesIn(spool)], [[1, 2], []])
})
