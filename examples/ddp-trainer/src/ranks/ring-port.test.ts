import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { RingPort } from './ring-port.ts'
import { receiveMessage, sendMessage } from './socket-message.ts'

t.test(
  'only the connection with the key is that of the next rank, and the bytes after the key stay in it',
  async (t) => {
    const own = await RingPort.open(0, '127.0.0.1')
    t.teardown(() => own.close())
    const stranger = connect(own.address)
    sendMessage(stranger, { key: 'guessed' })
    await once(stranger.resume(), 'close')

    const neighbour = connect(own.address)
    t.teardown(() => neighbour.destroy())
    neighbour.write(`{"key":"${own.key}"}\n{"from":1}\n`)
    const next = await own.next
    t.teardown(() => next.destroy())
    t.equal(next.remotePort, neighbour.localPort)
    t.same(await receiveMessage(next, AbortSignal.timeout(10_000)), { from: 1 })
  },
)

t.test('a closed port closes connections that have not sent a key', async (t) => {
  const own = await RingPort.open(0, '127.0.0.1')
  const silent = connect(own.address)
  await once(silent, 'connect')
  own.close()
  silent.on('error', () => {}) // a reset closes it too
  await t.resolves(once(silent.resume(), 'close'))
})
