import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** What a command has printed, and how long it ran. */
export interface Finished {
  stdout: string
  stderr: string
  /** From its start to its exit, in ns. */
  ns: number
  /** When it had exited, in ms since the epoch. */
  exited: number
}

export interface CommandOptions {
  /** How errors name it. */
  name: string
  /** @default this process's environment */
  env?: NodeJS.ProcessEnv
  /** A descriptor; 'pipe': its text is kept. @default 'pipe' */
  stdout?: number | 'pipe' | 'ignore'
}

/**
 * Runs a command to its end.
 *
 * @throws {Error} with the end of its stderr if it fails
 */
export async function runCommand(command: readonly string[], options: CommandOptions): Promise<Finished> {
  const { name, env = process.env, stdout = 'pipe' } = options
  const [file = '', ...args] = command
  const start = process.hrtime.bigint()
  const child = spawn(file, args, { env, stdio: ['ignore', stdout, 'pipe'] })
  const end = { ns: 0, exited: 0 }
  child.once('exit', () => {
    end.ns = Number(process.hrtime.bigint() - start)
    end.exited = Date.now()
  })
  const textOf = (stream: Readable | null) => (stream ? text(stream) : '')
  const [[code, signal], out, err] = await Promise.all([
    once(child, 'close'),
    textOf(child.stdout),
    textOf(child.stderr),
  ])
  if (code !== 0) throw new Error(`${name}: exit ${code ?? signal}: ${err.slice(-500).trim()}`)
  return { stdout: out, stderr: err, ...end }
}

/** What time(1) writes to stderr when a command has ended. */
export const timeFormat = 'RSS %M CPU %U %S'

/** Words in front of a command that make {@link rssOf} and {@link cpuOf} known. */
export const timed: readonly string[] = ['/usr/bin/env', 'time', '-f', timeFormat]

/** The largest resident set of the command and what it has started, in MB. */
export function rssOf(finished: Finished): number {
  return (1024 * usageOf(finished)[0]) / 1e6
}

/** User and system time of the command and what it has started, in s. */
export function cpuOf(finished: Finished): number {
  const [, user, system] = usageOf(finished)
  return user + system
}

function usageOf({ stderr }: Finished): [number, number, number] {
  const found = /^RSS (\d+) CPU ([\d.]+) ([\d.]+)$/m.exec(stderr)
  if (!found) throw new Error(`the output of time(1) is missing in: ${stderr.slice(-500)}`)
  return found.slice(1).map(Number) as [number, number, number]
}

/** Reports whether a command runs and succeeds. */
export function canRun(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
