import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { pidExists } from 'pino-rank/process'
import { makeFolder } from 'pino-rank-file/writer'
import { appendWhole } from 'pino-rank-metrics/sink'
import type { RunHead, RunPart } from './run-part.ts'

const name = /^mlflow-(.+)-(\d+)-([0-9a-f-]{36})\.ndjson$/

/**
 * What the server could not be told yet: a file a run, the run's head first and then its parts, a line each. Only the
 * process that made it appends to it; once that is gone, any other may send and remove it.
 */
export class Spool {
  readonly path: string
  readonly #folder: string
  #made = false

  constructor(folder: string, uuid: string) {
    this.#folder = folder
    this.path = join(folder, `mlflow-${hostname()}-${process.pid}-${uuid}.ndjson`)
  }

  /** @throws what the disk says */
  append(head: RunHead, parts: readonly RunPart[]): void {
    if (!this.#made) makeFolder(this.#folder)
    const lines = [...(this.#made ? [] : [head]), ...parts].map((line) => `${JSON.stringify(line)}\n`)
    appendWhole(this.path, lines.join(''), 0o640)
    this.#made = true
  }

  /** Forgets what was sent. */
  remove(): void {
    rmSync(this.path, { force: true })
    this.#made = false
  }
}

/** The head and the parts of a spool. A last line that is not whole is left out: its writer was killed in it. */
export function readSpool(path: string): { head: RunHead; parts: RunPart[] } | undefined {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.pop()
  const [head, ...parts] = lines.map((line) => JSON.parse(line))
  return head && { head, parts }
}

/** The spools in a folder whose processes are gone. Of other hosts: all, where `others` says so. */
export function leftSpools(folder: string, others = false): string[] {
  const found: string[] = []
  for (const file of namesIn(folder)) {
    const [, host, pid] = name.exec(file) ?? []
    if (host === undefined) continue
    if (host === hostname() ? !pidExists(Number(pid)) : others) found.push(join(folder, file))
  }
  return found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // nothing was ever left there
  }
}
