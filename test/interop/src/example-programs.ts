import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { node } from '../../dist/kit/start-process.js'

/** Returns the command that runs a program of the example's kit. */
export function kit(program: string, options: object): string[] {
  const path = fileURLToPath(new URL(`../../../examples/ddp-trainer/dist/kit/${program}.js`, import.meta.url))
  return [...node, path, JSON.stringify(options)]
}

/** Creates a folder, which is removed after the test. */
export function temporary(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'interop-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
