import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** The output of a command, and its times. */
export interface Finished {
  stdout: string
  stderr: string
  /** From its start to its exit, in ns. */
  ns: number
  /** Time of its exit, in ms since the epoch. */
  exited: number
}

export interface CommandOptions {
  /** Name of the command in errors. */
  name: string
  /** Environment of the command. @default that of this process */
  env?: NodeJS.ProcessEnv
  /** A descriptor; or 'pipe', which returns the text. @default 'pipe' */
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

/** Runs a command under time(1), for {@link rssOf} and {@link cpuOf}. Put these words before the command. */
export const timed: readonly string[] = ['/usr/bin/env', 'time', '-f', timeFormat]

/** Returns the largest resident set of the command and its descendants, in MB. */
export function rssOf(finished: Finished): number {
  return (1024 * usageOf(finished)[0]) / 1e6
}

/** Returns the user and system time of the command and its descendants, in s. */
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
