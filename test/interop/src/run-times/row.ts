import { cpSync, existsSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Exit, type Owner, runProcess } from '../../../dist/kit/start-process.js'
import { type App, buildFolder } from './app.ts'
import { type Entry, entryEnv } from './entries.ts'

/** The folders of an entry's program. */
export interface Place {
  app: App
  /** The folder of the programs, or of the row's build. */
  dir: string
  /** The folder of the logs. */
  log: string
}

/** One run-time or bundler: a row of the table. */
export interface Row {
  name: string
  /** Its tools: a folder of `test/interop/run-times`. */
  tools: 'bundlers' | 'run-times'
  /** A file of its tools that is missing if this machine cannot run them. */
  needs?: string
  /**
   * Builds the programs in the folder `out`. Later runs with the same tools, packages and programs use the build again. The app
   * is removed before the build runs. @default no build: the app itself runs
   */
  build?(app: App, out: string): void | Promise<void>
  /** Runs an entry's program to its end, with a pipe as its stdout. */
  run(owner: Owner, entry: Entry, place: Place): Promise<Exit>
}

/** A cell of the table: the result of an entry in a row. */
export interface Cell {
  text: string
  /** The error of our packages, which names the fix, if the entry does not work. */
  note?: string
}

/** The longest time for a program, in ms. */
const maxRunMs = 120_000

/** Returns a `run` that runs a command for each entry, with the entry's variables. */
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

/** Returns the reason why this machine cannot run a row, or undefined. */
export function missing({ needs }: Row, { tools }: App): string | undefined {
  return needs === undefined || existsSync(join(tools, 'node_modules', needs)) ? undefined : `${needs} is not installed`
}

/** The exports of a tool. They have no types, because the tools are not installed when the types are checked. */
export type Untyped = ReturnType<NodeJS.Require>

/** Loads a tool of an app. */
export function tool(app: App, name: string): Untyped {
  return createRequire(join(app.tools, 'package.json'))(name)
}

/** Returns the folder with the programs of a row. Builds them unless an earlier run has. */
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
 * Runs an entry in a row, and returns its cell.
 *
 * @throws {Error} if lines are missing, or if the program fails with another error than a RankError
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
