import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, unhookedNode } from './clean-environment.ts'

const binary = fileURLToPath(new URL('../../../packages/ranklog/bin/ranklog.js', import.meta.url))

/** The command that starts the built CLI. */
export const ranklogCommand: readonly string[] = [...unhookedNode, binary]

/** Starts the built command line. */
export function startRanklog(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdio: StdioOptions = 'pipe',
  nodeOptions: readonly string[] = [],
): ChildProcess {
  const [command, ...words] = [...unhookedNode, ...nodeOptions, binary, ...args]
  return spawn(command, words, { env: { ...cleanEnvironment(), ...env }, stdio })
}

/** Runs it to its end. */
export async function ranklog(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  nodeOptions: readonly string[] = [],
): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const child = startRanklog(args, env, 'pipe', nodeOptions)
  const said = [buffer(child.stdout as never), buffer(child.stderr as never)]
  const [code] = await once(child, 'exit')
  const [stdout, stderr] = await Promise.all(said)
  return { code, stdout: stdout as Buffer, stderr: String(stderr) }
}
