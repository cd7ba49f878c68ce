/**
 * Runs every code block of every document as a reader would: in an empty folder, with the packed packages, which the
 * commands of the page install. Blocks that need a launcher or a Python program are run by `npm run test:interop`. Needs
 * a package registry. Arguments select the pages whose path contains one of them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documentsOf } from './documents/documents.ts'
import { notes } from './documents/notes.ts'
import { PackageRegistry } from './documents/package-registry.ts'
import { runPage } from './documents/run-page.ts'
import { check, checkAsync, report, run } from './kit/checks.ts'
import { MlflowServer } from './kit/mlflow-server.ts'

/** The number of pages that are run at the same time. Some blocks only wait. */
const concurrency = 2

const root = fileURLToPath(new URL('../../', import.meta.url))
const parts = process.argv.slice(2)
const documents = documentsOf(root)
for (const part of parts) {
  if (!documents.some((page) => page.includes(part))) throw new Error(`no document has "${part}" in its path`)
}
const pages = documents.filter((page) => parts.length === 0 || parts.some((part) => page.includes(part)))

/** Checks the programs of the pages against the types of the packed packages. */
function checkTypes(programs: readonly string[]): void {
  const flags = ['--noEmit', '--allowJs', '--checkJs', '--strict', 'false', '--skipLibCheck', '--target', 'es2023']
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  const modules = ['--module', 'nodenext', '--allowImportingTsExtensions']
  run(join(root, 'node_modules/.bin/tsc'), [...flags, ...types, ...modules, ...programs], work)
}

const work = mkdtempSync(join(tmpdir(), 'documents-'))
const ends: (() => void)[] = []
const owner = { teardown: (end: () => void) => ends.push(end) }
const mlflow = await MlflowServer.start()
const registry = await PackageRegistry.start(join(work, 'registry'), join(root, 'packages'))
try {
  const programs: string[] = []
  const runPages = async (queue: string[]) => {
    for (let page = queue.shift(); page !== undefined; page = queue.shift()) {
      const dir = join(work, page.replaceAll('/', '-'))
      programs.push(...(await runPage(page, notes.get(page) ?? {}, dir, { owner, root, registry, mlflow }, checkAsync)))
    }
  }
  const queue = [...pages]
  await Promise.all(Array.from({ length: concurrency }, () => runPages(queue)))
  if (programs.length > 0) check('the programs of all pages have no type error', () => checkTypes(programs))
} finally {
  for (const end of ends) end()
  await Promise.all([mlflow.stop(), registry.stop()])
  rmSync(work, { recursive: true, force: true })
}
report()
