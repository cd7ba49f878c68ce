import type { RunEnd } from './metric-record.ts'

const codes: Record<RunEnd['status'], number> = { finished: 0, failed: 1, killed: 137 }

/** Exit codes of a process that SIGINT, SIGKILL or SIGTERM has ended, or that ends itself as one of them would. */
const killed = new Set([130, 137, 143])

/** The end that a process's exit code means. */
export function endOf(exitCode: number): RunEnd {
  const status = exitCode === 0 ? 'finished' : killed.has(exitCode) ? 'killed' : 'failed'
  return { status, exitCode }
}

/** The end that a record's `run` tells, `{ status }` or `{ exitCode }`; undefined: none. */
export function endIn(run: unknown): RunEnd | undefined {
  const { status, exitCode } = (run ?? {}) as { status?: unknown; exitCode?: unknown }
  if (Number.isInteger(exitCode)) return endOf(exitCode as number)
  if (typeof status !== 'string' || !Object.hasOwn(codes, status)) return undefined
  const known = status as RunEnd['status']
  return { status: known, exitCode: codes[known] }
}
