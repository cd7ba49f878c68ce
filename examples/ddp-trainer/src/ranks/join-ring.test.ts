import t from 'tap'
import { joinRing, type RankOfJob, ringKind } from './join-ring.ts'
import { addressText, rendezvousAddress } from './tcp-address.ts'

const oneHost: RankOfJob = { rank: 0, launcher: 'torchrun', worldSize: 4, localWorldSize: 4 }
const twoHosts: RankOfJob = { ...oneHost, localWorldSize: 2 }

t.test('ranks of one host connect by Unix sockets, ranks of several hosts by TCP', async (t) => {
  t.equal(ringKind(oneHost, {}), 'unix')
  t.equal(
    ringKind({ rank: 0, launcher: 'ranklog', worldSize: 4 }, {}),
    'unix',
    'the number of ranks on the host is not known',
  )
  t.equal(ringKind(twoHosts, {}), 'tcp')
})

t.test('DDP_RING selects how the ranks connect', async (t) => {
  t.equal(ringKind(oneHost, { DDP_RING: 'tcp' }), 'tcp')
  t.equal(ringKind(oneHost, { DDP_RING: 'unix' }), 'unix')
  t.equal(ringKind(oneHost, { DDP_RING: '' }), 'unix')
  t.throws(() => ringKind(twoHosts, { DDP_RING: 'unix' }), /DDP_RING=unix is for one host/)
  t.throws(() => ringKind(oneHost, { DDP_RING: 'TCP' }), /DDP_RING must be unix or tcp, not "TCP"/)
})

t.test('a job with one rank needs no run key, no address and no socket', async (t) => {
  t.intercept(process, 'env', { value: { DDP_RING: 'tcp' } })
  const ring = await joinRing({ rank: 0, launcher: 'none', worldSize: 1 })
  const values = Float32Array.of(3)
  await ring.allReduce(values, { what: 'sums' })
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
