import { callCost } from './call-cost.ts'
import type { Settings } from './settings.ts'
import { startCost } from './start-cost.ts'
import type { Table } from './table.ts'

/** What does a rank pay for a logger that says nothing, and for one that writes? */
export async function gate(settings: Settings): Promise<Table[]> {
  return [...(await callCost(settings)), ...(await startCost(settings))]
}
