import t from 'tap'
import { collectivesKind, openCollectives } from './open-collectives.ts'
import { addressText, rendezvousAddress } from './tcp-address.ts'
import type { RankOfJob } from './world-size.ts'

const oneHost: RankOfJob = { rank: 0, launcher: 'torchrun', worldSize: 4, localWorldSize: 4 }
const twoHosts: RankOfJob = { ...oneHost, localWorldSize: 2 }

t.test('ranks of one host connect by Unix sockets, ranks of several hosts by TCP', async (t) => {
  t.equal(collectivesKind(oneHost, {}), 'unix')
  t.equal(
    collectivesKind({ rank: 0, launcher: 'ranklog', worldSize: 4 }, {}),
    'unix',
    'the number of ranks on the host is not known',
  )
  t.equal(collectivesKind(twoHosts, {}), 'tcp')
})

t.test('DDP_COLLECTIVES selects how the ranks connect', async (t) => {
  t.equal(collectivesKind(oneHost, { DDP_COLLECTIVES: 'tcp' }), 'tcp')
  t.equal(collectivesKind(oneHost, { DDP_COLLECTIVES: 'unix' }), 'unix')
  t.equal(collectivesKind(twoHosts, { DDP_COLLECTIVES: 'mpi' }), 'mpi')
  t.equal(collectivesKind(oneHost, { DDP_COLLECTIVES: '' }), 'unix')
  t.throws(() => collectivesKind(twoHosts, { DDP_COLLECTIVES: 'unix' }), /DDP_COLLECTIVES=unix is for one host/)
  t.throws(
    () => collectivesKind(oneHost, { DDP_COLLECTIVES: 'TCP' }),
    /DDP_COLLECTIVES must be unix, tcp or mpi, not "TCP"/,
  )
})

t.test('a job with one rank needs no run key, no address and no socket', async (t) => {
  t.intercept(process, 'env', { value: { DDP_COLLECTIVES: 'tcp' } })
  const collectives = await openCollectives({ rank: 0, launcher: 'none', worldSize: 1 })
  const values = Float32Array.of(3)
  await collectives.allReduce(values, { what: 'sums' })
  t.same([...values], [3])
})

t.test('rank 0 listens at MASTER_ADDR', async (t) => {
  const master = { MASTER_ADDR: 'node-0', MASTER_PORT: '29500' }
  const at = (port: number) => ({ host: 'node-0', port })
  t.same(rendezvousAddress('ranklog run', master), at(29500))
  t.same(
    rendezvousAddress('torchrun', { ...master, TORCHELASTIC_USE_AGENT_STORE: 'True' }),
    at(29501),
    'the store of torchrun has the port',
  )
  t.same(rendezvousAddress('torchrun', { ...master, TORCHELASTIC_USE_AGENT_STORE: 'False' }), at(29500))
  t.same(rendezvousAddress('torchrun', { ...master, TORCHELASTIC_USE_AGENT_STORE: 'True', DDP_PORT: '4000' }), at(4000))
  t.same(
    rendezvousAddress('slurm', { MASTER_ADDR: 'node-0', DDP_PORT: '4000' }),
    at(4000),
    'DDP_PORT needs no MASTER_PORT',
  )
})

t.test('an IPv6 address may have brackets', async (t) => {
  for (const MASTER_ADDR of ['fd00::1', '[fd00::1]'])
    t.same(rendezvousAddress('env', { MASTER_ADDR, MASTER_PORT: '29500' }), { host: 'fd00::1', port: 29500 })
})

t.test('a missing or malformed address is an error that says what to set', async (t) => {
  for (const [launcher, way] of [
    ['openmpi', 'mpirun -x MASTER_ADDR=HOST -x MASTER_PORT=29500 …'],
    ['hydra', 'mpirun -genv MASTER_ADDR HOST -genv MASTER_PORT 29500 …'],
    ['slurm', 'srun --export=ALL,MASTER_ADDR=HOST,MASTER_PORT=29500 …'],
    ['flux', 'MASTER_ADDR=HOST MASTER_PORT=29500'],
  ] as const)
    t.throws(() => rendezvousAddress(launcher, {}), { message: `${way}` })
  t.throws(() => rendezvousAddress('openmpi', { MASTER_ADDR: 'node-0' }), /MASTER_PORT is not set/)
  t.throws(() => rendezvousAddress('openmpi', { MASTER_PORT: '1' }), /MASTER_ADDR is not set/)
  for (const port of ['0', '65536', 'x', '1.5', '-1']) {
    t.throws(
      () => rendezvousAddress('env', { MASTER_ADDR: 'a', MASTER_PORT: port }),
      new RegExp(`MASTER_PORT must .* "${port}"`),
    )
    t.throws(
      () => rendezvousAddress('env', { MASTER_ADDR: 'a', DDP_PORT: port }),
      new RegExp(`DDP_PORT must .* "${port}"`),
    )
  }
})

t.test('an IPv6 address has brackets in a text', async (t) => {
  t.equal(addressText({ host: 'fd00::1', port: 29500 }), '[fd00::1]:29500')
  t.equal(addressText({ host: '10.0.0.1', port: 29500 }), '10.0.0.1:29500')
})
