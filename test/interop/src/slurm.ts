import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../dist/documents/wait.js'
import { freePort } from '../../dist/kit/free-port.js'
import { type Owner, runProcess, startProcess } from '../../dist/kit/start-process.js'
import { installPackages } from './debian.ts'

/** The longest time until a daemon is ready, in ms. */
const limitMs = 30_000

const programs = ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/bin/srun', '/usr/sbin/munged']

/** Returns the reason why Slurm is missing, or undefined. */
export function slurmMissing(): string | undefined {
  return programs.every((program) => existsSync(program)) ? undefined : 'Slurm is not installed'
}

/** Installs Slurm if it is missing. @returns the reason why it is missing, or undefined */
export function makeSlurm(): string | undefined {
  if (slurmMissing()) installPackages('slurmctld', 'slurmd', 'slurm-client', 'munge')
  return slurmMissing()
}

/**
 * Starts Slurm with this host as its only node, until the end of its owner. It has its own folder, ports and munge key.
 *
 * @returns the variables for its clients
 */
export async function startSlurm(owner: Owner): Promise<NodeJS.ProcessEnv> {
  const dir = mkdtempSync(join(tmpdir(), 'slurm-'))
  owner.teardown(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }))
  const SLURM_CONF = join(dir, 'slurm.conf')
  const socket = join(dir, 'munge.socket')
  for (const name of ['state', 'spool']) mkdirSync(join(dir, name))
  writeFileSync(join(dir, 'munge.key'), randomBytes(1024), { mode: 0o400 })
  writeFileSync(SLURM_CONF, configOf(dir, socket, [await freePort(), await freePort()]))
  const start = (...command: readonly string[]) => startProcess(owner, command, { env: { SLURM_CONF } })
  const files = ['key', 'pid', 'log', 'seed'].map((name) => `--${name}-file=${join(dir, `munge.${name}`)}`)
  start('/usr/sbin/munged', '--foreground', '--force', `--socket=${socket}`, ...files)
  await eventually(async () => assert.ok(existsSync(socket)), AbortSignal.timeout(limitMs))
  const daemons = [start('/usr/sbin/slurmctld', '-D', '-c'), start('/usr/sbin/slurmd', '-D')]
  await eventually(async () => {
    const { stdout } = await runProcess(owner, ['sinfo', '--noheader', '--format=%t'], { env: { SLURM_CONF } })
    assert.equal(stdout, 'idle\n', daemons.map(({ stderr }) => stderr.text).join(''))
  }, AbortSignal.timeout(limitMs))
  return { SLURM_CONF }
}

/** Returns a slurm.conf in which this host has 16 processors, and nothing measures or limits the jobs. */
function configOf(dir: string, socket: string, [controller, node]: readonly [number, number]): string {
  const [host] = hostname().split('.')
  const options = {
    ClusterName: 'local',
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmctldPort: controller,
    SlurmdPort: node,
    AuthType: 'auth/munge',
    AuthInfo: `socket=${socket}`,
    SlurmUser: 'root',
    SlurmdUser: 'root',
    StateSaveLocation: join(dir, 'state'),
    SlurmdSpoolDir: join(dir, 'spool'),
    SlurmctldPidFile: join(dir, 'slurmctld.pid'),
    SlurmdPidFile: join(dir, 'slurmd.pid'),
    ProctrackType: 'proctrack/pgid',
    TaskPlugin: 'task/none',
    MpiDefault: 'none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_CPU',
    SlurmdParameters: 'config_overrides',
  }
  const lines = Object.entries(options).map(([name, value]) => `${name}=${value}`)
  const nodeLine = `NodeName=${host} NodeAddr=127.0.0.1 CPUs=16 RealMemory=1000`
  return [...lines, nodeLine, `PartitionName=main Nodes=${host} Default=YES`, ''].join('\n')
}
