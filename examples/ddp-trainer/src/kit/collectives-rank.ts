// A program for tests: runs cases of the suite on this rank, one after another, with the Collectives that the environment selects. The
// launcher decides the rank. Writes what a case returned to `CASE.RANK` in a folder. The command line is JSON.
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { detectRank } from 'pino-rank'
import { openCollectives } from '../ranks/open-collectives.ts'
import type { RankOfJob } from '../ranks/world-size.ts'
import { type CollectivesCase, collectivesSuite } from './collectives-suite.ts'

export interface CollectivesRankOptions {
  folder: string
  /** Indexes in the suite. They have the same number of ranks and the same limits. */
  cases: number[]
}

const { folder, cases }: CollectivesRankOptions = JSON.parse(process.argv[2] as string)
const info = detectRank() as RankOfJob
const fileOf = (index: number, rank: number) => join(folder, `${index}.${rank}`)
const caseOf = (index: number) => collectivesSuite[index] as CollectivesCase
const collectives = await openCollectives(info, caseOf(cases[0] as number).limits)

async function others(index: number): Promise<void> {
  const ranks = Array.from({ length: info.worldSize }, (_, rank) => rank).filter((rank) => rank !== info.rank)
  while (!ranks.every((rank) => existsSync(fileOf(index, rank)))) await setTimeout(1)
}

for (const index of cases) {
  const result = await caseOf(index).run(collectives, () => others(index))
  const file = fileOf(index, info.rank)
  writeFileSync(`${file}.new`, JSON.stringify(result ?? null))
  renameSync(`${file}.new`, file)
}
