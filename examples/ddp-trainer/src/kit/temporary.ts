import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Creates a folder outside of the repository. It is removed after the test. */
export function temporary(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddp-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
