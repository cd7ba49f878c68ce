import { slowDiskSteps } from './job/disk.ts'
import { firstLine } from './job/first-line.ts'
import { flatOut } from './job/flat-out.ts'
import { killedRank } from './job/killed.ts'
import { pacedCall } from './job/paced.ts'
import { jobSteps } from './job/steps.ts'
import { loneWriter, sharedFile } from './job/writers.ts'
import type { ScenarioName, Settings } from './settings.ts'
import type { Table } from './table.ts'

const scenarios: Record<ScenarioName, (settings: Settings) => Promise<Table[]>> = {
  steps: jobSteps,
  a: loneWriter,
  b: pacedCall,
  c: sharedFile,
  d: firstLine,
  e: slowDiskSteps,
  f: killedRank,
  g: flatOut,
}

/** Measures what logging costs a job and its ranks, depending on where their lines are written. */
export async function job(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const name of settings.scenarios) tables.push(...(await scenarios[name](settings)))
  return tables
}
