import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { temporary } from '../kit/temporary.ts'
import { connectWhenUp } from './connect-when-up.ts'
import { socketRoot } from './ring-directory.ts'
import { joinUnixRing } from './unix-ring.ts'

t.test('a rank rejects after the timeout if no other rank joins, and names the way to join over TCP', async (t) => {
  const options = { rank: 0, worldSize: 2, directory: temporary(t), timeoutMs: 50 }
  await t.rejects(joinUnixRing(options), {
    name: 'NeighbourLost',
    message: /rank 0 waited 0.05 s .* DDP_COLLECTIVES=tcp/,
  })
})

t.test(
  'a rank that rejects because the next one does not join closes its connection to the previous one',
  async (t) => {
    const directory = temporary(t)
    const previous = createServer()
    t.teardown(() => previous.close())
    await once(previous.listen(join(directory, '1')), 'listening')
    const connected = once(previous, 'connection')
    await t.rejects(joinUnixRing({ rank: 0, worldSize: 2, directory, timeoutMs: 50 }), { name: 'NeighbourLost' })
    const [socket] = await connected
    if (!socket.closed) await once(socket.resume(), 'close')
  },
)

t.test('connectWhenUp with an aborted signal rejects, and closes its file watcher', async (t) => {
  const watchers = () => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length
  await t.rejects(connectWhenUp(join(temporary(t), '1'), AbortSignal.abort()), { name: 'AbortError' })
  for (const _ of [1, 2]) await setImmediate() // the event loop closes handles after its immediates
  t.equal(watchers(), 0)
})

t.test('sockets are in /tmp if the path of the temporary folder is too long', async (t) => {
  t.equal(socketRoot('/var/tmp'), '/var/tmp')
  t.equal(socketRoot(`/var/${'x'.repeat(80)}`), '/tmp')
})
