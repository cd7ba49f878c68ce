import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import { fitOnNodes } from '../kit/two-nodes.ts'

t.test('four ranks on two nodes train the same bits as on one node', async (t) => {
  const folder = temporary(t)
  const trained = []
  for (const nodes of [1, 2] as const) {
    const parameters = join(folder, `${nodes}`)
    const runs = await fitOnNodes(nodes, { parameters })
    for (const { code, stderr } of await Promise.all(runs.map(({ ended }) => ended))) t.equal(code, 0, stderr)
    for (const rank of [0, 1, 2, 3]) trained.push(readFileSync(`${parameters}.${rank}`, 'utf8'))
  }
  t.ok(trained[0]?.length)
  for (const parameters of trained) t.equal(parameters, trained[0])
})

t.test('if a rank on another node is killed, its neighbours in the ring name it, and all ranks end', async (t) => {
  const runs = await fitOnNodes(2, { dies: 2, maxEpochs: 1000 })
  const [first, second, third, fourth] = await Promise.all(runs.map(({ ended }) => ended))
  t.equal(third?.signal, 'SIGKILL')
  t.match(second, { code: 1, stderr: /NeighbourLost: rank 1 lost rank 2, its neighbour in the ring/ })
  t.match(fourth, { code: 1, stderr: /NeighbourLost: rank 3 lost rank 2, its neighbour in the ring/ })
  t.match(first, { code: 1, stderr: /NeighbourLost: rank 0 lost rank (1|3)/ })
})

t.test(
  'with DDP_COLLECTIVES=tcp the ranks of one parent connect at DDP_PORT, and the parent reports that it is in use',
  async (t) => {
    const other = createServer((socket) => socket.resume().on('error', () => {})) // accepts ranks, and sends nothing
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo
    const env = { DDP_COLLECTIVES: 'tcp', DDP_PORT: `${port}` }
    const run = () => runNode('kit/fit.js', { args: ['{"devices":2}'], env }).ended
    const { code, stderr } = await run()
    t.equal(code, 1)
    t.match(stderr, `Error: rank 0 cannot listen at 127.0.0.1:${port}: the port is in use`)
    await once(other.close(), 'close')
    t.match(await run(), { code: 0 })
  },
)
