import { cpSync, existsSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Exit, type Owner, runProcess } from '../../../dist/kit/start-process.js'
import { type App, buildFolder } from './app.ts'
import { type Entry, entryEnv } from './entries.ts'

/** Where an entry's program runs. */
export interface Place {
  app: App
  /** The folder with the programs, or with what the row's `build` made. */
  dir: string
  /** The folder that the program logs to. */
  log: string
}

/** One run-time or bundler: a row of the table. */
export interface Row {
  name: string
  /** What it needs: a folder of `test/interop/run-times`. */
  tools: 'bundlers' | 'run-times'
  /** A file of its tools that is only there where this machine can run it. */
  needs?: string
  /**
   * Makes in `out` what is run. It is kept for the next run with the same tools, packages and programs. Its app is gone when that
   * runs. @default the app itself is run
   */
  build?(app: App, out: string): void | Promise<void>
  /** Runs an entry's program to its end. Its stdout is piped: what it prints is in the result. */
  run(owner: Owner, entry: Entry, place: Place): Promise<Exit>
}

/** How an entry works in a row. */
export interface Cell {
  text: string
  /** The error that says what to do instead, where it does not work. */
  note?: string
}

/** The longest time that a program may take, in ms. */
const maxRunMs = 120_000

/** Returns the way to run a command for each entry, with the entry's variables. */
export function runs(
  command: (entry: Entry, place: Place) => readonly string[],
  env: NodeJS.ProcessEnv = {},
): Row['run'] {
  return async (owner, entry, place) => {
    const options = { cwd: place.dir, env: { ...entryEnv(entry, place.log), ...env } }
    const exit = runProcess(owner, ['timeout', String(maxRunMs / 1000), ...command(entry, place)], options)
    return await exit
  }
}

/** Returns why a row cannot be run here. Undefined: it can. */
export function missing({ needs }: Row, { tools }: App): string | undefined {
  return needs === undefined || existsSync(join(tools, 'node_modules', needs)) ? undefined : `${needs} is not there`
}

/** What a tool exports. The tools are not installed where the types are checked. */
export type Untyped = ReturnType<NodeJS.Require>

/** Loads a tool of an app. */
export function tool(app: App, name: string): Untyped {
  return createRequire(join(app.tools, 'package.json'))(name)
}

/** Returns the folder with the programs of a row. What has to be built is built, if that has not been done. */
export async function preparedDir({ name, build }: Row, app: App): Promise<string> {
  if (!build) return app.dir
  const kept = buildFolder(name, app)
  if (existsSync(kept)) return kept
  const fresh = mkdtempSync(`${kept}-`)
  const dir = mkdtempSync(join(app.tools, 'app-'))
  try {
    cpSync(app.dir, dir, { recursive: true })
    await build({ ...app, dir }, fresh)
    renameSync(fresh, kept)
  } finally {
    for (const folder of [fresh, dir]) rmSync(folder, { recursive: true, force: true })
  }
  return kept
}

/**
 * Returns how an entry works in a row.
 *
 * @throws if lines are missing, or if it fails with anything but an error that says what to do
 */
export async function cellOf(owner: Owner, { name, run }: Row, entry: Entry, app: App, dir: string): Promise<Cell> {
  const log = mkdtempSync(join(realpathSync(tmpdir()), 'log-'))
  const { code, signal, stdout, stderr } = await run(owner, entry, { app, dir, log })
  try {
    const [, note] = /\bRankError: (.+)/.exec(stderr + stdout) ?? []
    if (note !== undefined) return { text: 'refused', note: note.replaceAll(log, '/logs') }
    if (code !== 0) throw new Error(`exit ${code ?? signal}`)
    return { text: entry.judge({ dir: log, stdout }) }
  } catch (error) {
    throw new Error(
      `${name}, ${entry.name}: ${(error as Error).message}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`,
    )
  } finally {
    rmSync(log, { recursive: true, force: true })
  }
}
