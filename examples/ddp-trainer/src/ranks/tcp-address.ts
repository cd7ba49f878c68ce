/** A place where a server listens. */
export interface TcpAddress {
  /** A host name or an IP address. */
  host: string
  port: number
}

/** How to set variables for all ranks, by the launcher that sets none. */
const waysToSet: Readonly<Record<string, string>> = {
  openmpi: 'mpirun -x MASTER_ADDR=HOST -x MASTER_PORT=29500 …',
  hydra: 'mpirun -genv MASTER_ADDR HOST -genv MASTER_PORT 29500 …',
  slurm: 'srun --export=ALL,MASTER_ADDR=HOST,MASTER_PORT=29500 …',
}

/**
 * Returns the address at which rank 0 listens while the ranks join the ring: MASTER_ADDR, and DDP_PORT or MASTER_PORT. torchrun itself
 * listens at MASTER_PORT if it sets TORCHELASTIC_USE_AGENT_STORE to True. The default is then the next port.
 */
export function rendezvousAddress(launcher: string, env: NodeJS.ProcessEnv = process.env): TcpAddress {
  const { MASTER_ADDR = '', MASTER_PORT: master, DDP_PORT: own } = env
  const host = MASTER_ADDR.replace(/^\[(.*)]$/, '$1') // an IPv6 address may have brackets
  if (!host || !(own || master)) {
    const way = waysToSet[launcher] ?? 'MASTER_ADDR=HOST MASTER_PORT=29500'
    const missing = host ? 'MASTER_PORT is not set' : 'MASTER_ADDR is not set'
    throw new Error(
      `Trainer: ranks on several hosts connect at MASTER_ADDR, but ${missing}. HOST is that of rank 0: ${way}`,
    )
  }
  if (own) return { host, port: readPort('DDP_PORT', own) }
  const port = readPort('MASTER_PORT', master as string)
  return { host, port: env.TORCHELASTIC_USE_AGENT_STORE === 'True' ? port + 1 : port }
}

/** Returns an address as text: `10.0.0.1:29500` or `[fd00::1]:29500`. */
export function addressText({ host, port }: TcpAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function readPort(name: string, text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Error(`Trainer: ${name} must be a port from 1 to 65535, not ${JSON.stringify(text)}`)
}
