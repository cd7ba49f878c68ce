import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
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
