import { callCost } from './call-cost.ts'
import type { Settings } from './settings.ts'
import { startCost } from './start-cost.ts'
import type { Table } from './table.ts'

/** Measures the cost of a log call, gated and open, and the cost of starting a rank with a logger. */
export async function gate(settings: Settings): Promise<Table[]> {
  return [...(await callCost(settings)), ...(await startCost(settings))]
}
