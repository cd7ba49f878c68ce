import t from 'tap'
import { worldSizeOf } from './world-size.ts'

const launched = (worldSize?: number) => ({ rank: 0, launcher: 'torchrun', ...(worldSize && { worldSize }) })

const cases: [
  devices: number,
  numNodes: number | undefined,
  worldSize: number | undefined,
  expected: number | RegExp,
][] = [
  [4, undefined, undefined, 4],
  [4, 1, undefined, 4],
  [2, 2, undefined, /^Trainer: numNodes is 2, but .* ranklog run -n 2 --nnodes 2 --node-rank N /],
  [1, undefined, 8, 8],
  [2, undefined, 8, 8],
  [4, 2, 8, 8],
  [2, 2, 8, /^Trainer: devices 2 × numNodes 2 is 4, but torchrun has started 8 ranks; .*leave out numNodes$/],
  [1, 1, 8, /^Trainer: devices 1 × numNodes 1 is 1, but torchrun has started 8 ranks/],
]
for (const [devices, numNodes, worldSize, expected] of cases)
  t.test(`devices ${devices}, numNodes ${numNodes}, ${worldSize ?? 'no'} ranks of a launcher`, async (t) => {
    const count = () => worldSizeOf({ devices, numNodes }, worldSize === undefined ? undefined : launched(worldSize))
    if (typeof expected === 'number') t.equal(count(), expected)
    else t.throws(count, { message: expected })
  })

t.test('a launcher that does not say how many ranks there are', async (t) => {
  t.throws(() => worldSizeOf({ devices: 1, numNodes: undefined }, launched()), {
    message: 'Trainer: torchrun does not set the number of ranks; set RANKLOG_WORLD_SIZE',
  })
})
