/**
 * Checks the table of docs/run-times.md with the real bundlers and run-times. By default only the rows of Node, esbuild and
 * webpack run, and with `npm run test:interop -- --all` all rows. `--write` writes the table.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type App, makeApp, packAll, removeOldBuilds } from './run-times/app.ts'
import { bundlerRows } from './run-times/bundler-rows.ts'
import { entries } from './run-times/entries.ts'
import { nodeRows } from './run-times/node-rows.ts'
import { otherRows } from './run-times/other-rows.ts'
import { type Cell, cellOf, missing, preparedDir, type Row } from './run-times/row.ts'
import { addRow, fullRow, readTable, type Table, writeTable } from './run-times/table.ts'

const { INTEROP_ALL: all, INTEROP_WRITE: write, INTEROP_ROWS: only } = process.env
const every = [...nodeRows, ...bundlerRows, ...otherRows]
const usual = [...nodeRows, ...bundlerRows].filter(({ name }) =>
  /^Node|-permission`|frozen|plugin-pino|webpack/.test(name),
)
const rows = (all ? every : usual).filter(({ name }) => new RegExp(only ?? '').test(name))
const documented = readTable()
const found: Table = { rows: new Map(), notes: [] }
const packages = mkdtempSync(join(realpathSync(tmpdir()), 'packed-'))
const packed = packAll(packages)
const apps = new Map<Row['tools'], App | Error>()

t.teardown(() => {
  rmSync(packages, { recursive: true })
  for (const app of apps.values()) if (!(app instanceof Error)) rmSync(app.dir, { recursive: true })
})

/** Returns the app with these tools, or the error of their installation. */
function appBeside(tools: Row['tools']): App | Error {
  const app = apps.get(tools) ?? tryMakeApp(tools)
  apps.set(tools, app)
  return app
}

function tryMakeApp(tools: Row['tools']): App | Error {
  try {
    return makeApp(tools, packed)
  } catch (error) {
    return error as Error
  }
}

for (const row of rows) {
  t.test(row.name, { timeout: 900_000 }, async (t) => {
    const app = appBeside(row.tools)
    const reason =
      app instanceof Error ? `its tools cannot be installed: ${app.message.split('\n')[0]}` : missing(row, app)
    if (reason) {
      t.pass('is run', { skip: reason })
      return
    }
    const dir = await preparedDir(row, app as App)
    const cells: Cell[] = []
    for (const entry of entries) cells.push(await cellOf(t, row, entry, app as App, dir))
    addRow(found, row.name, cells)
    if (!write) t.strictSame(fullRow(found, row.name), fullRow(documented, row.name))
  })
}

t.test('docs/run-times.md has all rows, in this order', async (t) => {
  if (write) writeTable(merged())
  t.strictSame([...readTable().rows.keys()], every.map(({ name }) => name)) // biome-ignore format: a line
})

t.test('builds of earlier apps are removed', { skip: all && !only ? false : 'needs all rows' }, async () => {
  removeOldBuilds([...apps.values()].flatMap((app) => (app instanceof Error ? [] : [app])))
})

/** Returns the table of the page with the rows of this run replaced. */
function merged(): Table {
  const table: Table = { rows: new Map(), notes: [] }
  for (const { name } of every) {
    const cells = fullRow(found, name) ?? fullRow(documented, name)
    if (cells) addRow(table, name, cells.map(cellFrom))
  }
  return table
}

function cellFrom(text: string): Cell {
  const [, refused, note] = /^(refused) \((.*)\)$/.exec(text) ?? []
  return refused === undefined || note === undefined ? { text } : { text: refused, note }
}
