/** Jobs that claim run directories in one base. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RankInfo } from 'pino-rank/sink'
import type { Test } from 'tap'
import { claimRunDirectory } from './claim-run-directory.ts'
import { runMarkName } from './run-mark.ts'

export interface RunBase {
  base: string
  /** Claims a directory and returns its name. */
  claim(rank?: RankInfo): string
  /** Returns the mark of a directory. */
  mark(name: string): Record<string, unknown>
  putMark(name: string, mark: object | string): void
}

/** Returns rank 0 of a job of 4 on one host. */
export function job(runKey: string, given: Partial<RankInfo> = {}): RankInfo {
  return { rank: 0, launcher: 'test', worldSize: 4, localWorldSize: 4, attempt: 0, runKey, ...given }
}

/** Returns an empty base, with functions that claim in it and that read and replace marks. */
export function runBase(t: Test): RunBase {
  const base = join(t.testdir(), 'runs')
  return {
    base,
    claim: (rank) => claimRunDirectory(base, { rank }).slice(base.length + 1),
    mark: (name) => JSON.parse(readFileSync(join(base, name, runMarkName), 'utf8')),
    putMark: (name, mark) => {
      mkdirSync(join(base, name), { recursive: true })
      writeFileSync(join(base, name, runMarkName), typeof mark === 'string' ? mark : JSON.stringify(mark))
    },
  }
}

/** Sets torchrun's rendezvous address for one test, and returns the run key that follows from it. */
export function setRendezvous(t: Test, address: string, port: string): string {
  const before = { ...process.env }
  Object.assign(process.env, { MASTER_ADDR: address, MASTER_PORT: port })
  t.teardown(() => {
    for (const name of ['MASTER_ADDR', 'MASTER_PORT']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })
  return `${address}:${port}`
}
