import { slowDiskSteps } from './contention/disk.ts'
import { firstLine } from './contention/first-line.ts'
import { flatOut } from './contention/flat-out.ts'
import { killedRank } from './contention/killed.ts'
import { pacedCall } from './contention/paced.ts'
import { contentionSteps } from './contention/steps.ts'
import { loneWriter, sharedFile } from './contention/writers.ts'
import type { ScenarioName, Settings } from './settings.ts'
import type { Table } from './table.ts'

const scenarios: Record<ScenarioName, (settings: Settings) => Promise<Table[]>> = {
  steps: contentionSteps,
  a: loneWriter,
  b: pacedCall,
  c: sharedFile,
  d: firstLine,
  e: slowDiskSteps,
  f: killedRank,
  g: flatOut,
}

/** What do a job and its ranks pay for where their lines are written? */
export async function contention(settings: Settings): Promise<Table[]> {
  const tables: Table[] = []
  for (const name of settings.scenarios) tables.push(...(await scenarios[name](settings)))
  return tables
}
