import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment, unhookedNode } from './clean-environment.ts'

const [env, ...node] = unhookedNode

/** Starts one of the kit's programs as a process of its own, with an IPC channel. */
export function startProgram(name: string, args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url)), args, {
    env: cleanEnvironment(),
    execPath: env,
    execArgv: node,
  })
}

/** How it ended. */
export async function ending(child: ChildProcess): Promise<[code: number | null, signal: NodeJS.Signals | null]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return [child.exitCode, child.signalCode]
}
