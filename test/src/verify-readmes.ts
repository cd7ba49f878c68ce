/**
 * Runs every code block of every README as a reader would: in an empty folder, with the packed packages, which the
 * commands of the page install. Needs a package registry. Arguments select the pages whose path contains them all.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check, report, run } from './kit/checks.ts'
import { MlflowServer } from './kit/mlflow-server.ts'
import { notes } from './readmes/notes.ts'
import { PackageRegistry } from './readmes/package-registry.ts'
import { readmesOf } from './readmes/pages.ts'
import { runPage } from './readmes/run-page.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const selected = process.argv.slice(2)
const pages = readmesOf(root).filter((page) => selected.every((part) => page.includes(part)))
if (pages.length === 0) throw new Error(`no README has "${selected.join('" and "')}" in its path`)

/** Checks the programs of the pages against the types of the packed packages. */
function checkTypes(programs: readonly string[]): void {
  const flags = ['--noEmit', '--allowJs', '--checkJs', '--strict', 'false', '--skipLibCheck', '--target', 'es2023']
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  const modules = ['--module', 'nodenext', '--allowImportingTsExtensions']
  run(join(root, 'node_modules/.bin/tsc'), [...flags, ...types, ...modules, ...programs], work)
}

const work = mkdtempSync(join(tmpdir(), 'readmes-'))
const ends: (() => void)[] = []
const owner = { teardown: (end: () => void) => ends.push(end) }
const mlflow = await MlflowServer.start()
const registry = await PackageRegistry.start(join(work, 'registry'), join(root, 'packages'))
try {
  const programs: string[] = []
  for (const page of pages) {
    const dir = join(work, page.replaceAll('/', '-'))
    programs.push(...(await runPage(page, notes.get(page) ?? {}, dir, { owner, root, registry, mlflow })))
  }
  if (programs.length > 0) check('the programs of all pages have no type error', () => checkTypes(programs))
} finally {
  for (const end of ends) end()
  await Promise.all([mlflow.stop(), registry.stop()])
  rmSync(work, { recursive: true, force: true })
}
report()
