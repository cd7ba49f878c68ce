import { fileURLToPath } from 'node:url'
import { type Exit, node, type Owner, type ProcessOptions, startProcess, type TestProcess } from './start-process.ts'

const binary = fileURLToPath(new URL('../../../packages/ranklog/bin/ranklog.js', import.meta.url))

/** The command that starts the built CLI. */
export const ranklogCommand: readonly string[] = [...node, binary]

export interface RanklogOptions extends ProcessOptions {
  /** Options of Node itself. */
  nodeOptions?: readonly string[]
}

/** Starts the built CLI. */
export function startRanklog(
  owner: Owner,
  args: readonly string[],
  { nodeOptions = [], ...options }: RanklogOptions = {},
): TestProcess {
  return startProcess(owner, [...node, ...nodeOptions, binary, ...args], options)
}

/** Runs the built CLI to its end. */
export function ranklog(owner: Owner, args: readonly string[], options?: RanklogOptions): Promise<Exit> {
  return startRanklog(owner, args, options).exit
}
