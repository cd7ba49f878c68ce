/** The example trainer on two hosts, under each launcher. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { node, runProcess, startProcess } from '../../dist/kit/start-process.js'
import { mpis } from './mpi.ts'
import { type NetworkHosts, networkHostsMissing, startNetworkHosts } from './network-hosts.ts'
import { missing, tool, torch } from './python.ts'

const root = new URL('../../../', import.meta.url)
const fit = fileURLToPath(new URL('examples/ddp-trainer/dist/kit/fit.js', root))
const ranklog = fileURLToPath(new URL('packages/ranklog/bin/ranklog.js', root))

/** Returns the commands that start four ranks, two on each host: one command, or one for each host. */
type Start = (network: NetworkHosts, dir: string, program: readonly string[]) => string[][]

interface Launcher {
  name: string
  /** The reason why it is missing. */
  skip?: string | undefined
  start: Start
}

/** Starts a launcher on each host. @param words its options for the host of this number */
function onEach(words: (nodeRank: string, address: string) => string[]): Start {
  return ({ hosts }, _dir, program) =>
    hosts.map((host, nodeRank) => host.command(...words(`${nodeRank}`, hosts[0].address), ...program))
}

/** Starts `mpirun` on the first host, which starts processes on both. */
function mpirun(name: string, words: (hostFile: string, remoteShell: string) => string[]): Launcher {
  const [command = '', ...options] = mpis[name] ?? []
  return {
    name: `mpirun of ${name}`,
    skip: existsSync(command) ? undefined : `needs ${name}`,
    start({ hosts, remoteShell }, dir, program) {
      const hostFile = join(dir, 'hosts')
      const slots = name === 'MPICH' ? ':2' : ' slots=2'
      writeFileSync(hostFile, hosts.map(({ address }) => `${address}${slots}\n`).join(''))
      return [hosts[0].command(command, ...options, ...words(hostFile, remoteShell), '-n', '4', ...program)]
    },
  }
}

const openMpi = mpirun('Open MPI', (hostFile, shell) => ['--hostfile', hostFile, '--mca', 'plm_rsh_agent', shell])
const mpich = mpirun('MPICH', (hostFile, shell) => ['-f', hostFile, '-launcher', 'ssh', '-launcher-exec', shell])
const run: Launcher = {
  name: 'ranklog run',
  start: onEach((nodeRank, master) => [
    ...[...node, ranklog, 'run', '--nnodes', '2', '--node-rank', nodeRank, '-n', '2'],
    ...['--master', `${master}:29500`, '--run-id', 'two-hosts'],
  ]),
}
const torchrun: Launcher = {
  name: 'torchrun',
  skip: missing(torch) && 'needs PyTorch: `--all` installs it',
  start: onEach((nodeRank, master) => [
    ...[tool('torchrun', torch), '--no-python', '--nnodes', '2', '--node-rank', nodeRank, '--nproc-per-node', '2'],
    ...['--master-addr', master, '--master-port', '29500'],
  ]),
}

/** Adds options to a launcher. */
function withOptions({ name, skip, start }: Launcher, ...options: string[]): Launcher {
  return { name, skip, start: (network, dir, program) => start(network, dir, [...options, ...program]) }
}

/** Adds options that select MPI. */
function overMpi(launcher: Launcher, ...options: string[]): Launcher {
  return { ...withOptions(launcher, ...options), name: `${launcher.name}, over MPI` }
}

const noHosts = networkHostsMissing()

function prepare(t: Test) {
  const dir = t.testdir()
  return { dir, network: startNetworkHosts(t) }
}

for (const launcher of [
  run,
  torchrun,
  withOptions(openMpi, '-x', 'MASTER_ADDR=10.77.0.1', '-x', 'MASTER_PORT=29500'),
  withOptions(mpich, '-genv', 'MASTER_ADDR', '10.77.0.1', '-genv', 'MASTER_PORT', '29500'),
  // Both hosts have one name, so Open MPI would use shared memory between them.
  overMpi(openMpi, '--mca', 'btl', 'tcp,self', '-x', 'DDP_COLLECTIVES=mpi'),
  overMpi(mpich, '-genv', 'DDP_COLLECTIVES', 'mpi'),
]) {
  const skip = noHosts ?? launcher.skip ?? false
  t.test(`${launcher.name}: four ranks on two hosts train the same parameters`, { skip }, async (t) => {
    const { dir, network } = prepare(t)
    const parameters = join(dir, 'parameters')
    const program = [...node, fit, JSON.stringify({ devices: 4, parameters })]
    const commands = launcher.start(network, dir, program)
    for (const { code, stderr } of await Promise.all(commands.map((command) => runProcess(t, command))))
      t.equal(code, 0, stderr)
    const [first, ...others] = [0, 1, 2, 3].map((rank) => readFileSync(`${parameters}.${rank}`, 'utf8'))
    for (const other of others) t.equal(other, first)
  })
}

for (const [launcher, way] of [
  [openMpi, 'mpirun -x MASTER_ADDR=HOST -x MASTER_PORT=29500'],
  [mpich, 'mpirun -genv MASTER_ADDR HOST -genv MASTER_PORT 29500'],
] as const) {
  const skip = noHosts ?? launcher.skip ?? false
  t.test(`${launcher.name}: without MASTER_ADDR the error says how to set it`, { skip }, async (t) => {
    const { dir, network } = prepare(t)
    const [command = []] = launcher.start(network, dir, [...node, fit, '{"devices":4}'])
    const { code, stderr } = await runProcess(t, command)
    t.not(code, 0)
    t.match(stderr, `MASTER_ADDR is not set. HOST is that of rank 0: ${way}`)
  })
}

t.test(
  'when a host loses its network, the ranks on both hosts end, and name a neighbour that they lost or that does not respond',
  { skip: noHosts ?? false },
  async (t) => {
    const { dir, network } = prepare(t)
    const program = [...node, fit, '{"devices":4,"maxEpochs":1000000}']
    const launchers = run.start(network, dir, program).map((command) => startProcess(t, command))
    await Promise.all(launchers.map(({ stdout }) => stdout.until(/pid.*pid/s)))
    network.hosts[1].unplug()
    const [first, second] = await Promise.all(launchers.map(({ exit }) => exit))
    t.match(first, { code: 1, stderr: /rank 0 (lost rank 3|.*, but rank 3 does not respond)/ })
    t.match(second, { code: 1, stderr: /rank [23] (lost rank [0-3]|.*, but rank 1 does not respond)/ })
  },
)
