/** The content of each package's tarball. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runProcess } from './kit/start-process.ts'

interface Packed {
  name: string
  files: { path: string }[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const license = readFileSync(join(root, 'LICENSE'), 'utf8')

t.test('each tarball has the license, the README, its entries with their types, and no tests', async (t) => {
  const command = ['npm', 'pack', '--dry-run', '--json', '--offline', '--ignore-scripts', '--workspaces']
  const { code, stdout, stderr } = await runProcess(t, command, { cwd: root })
  t.equal(code, 0, stderr)
  const output: Packed[] | Record<string, Packed> = JSON.parse(stdout)
  const packed = new Map(Object.values(output).map(({ name, files }) => [name, files.map(({ path }) => path)]))
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name)
    const files = packed.get(name) ?? []
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const entries = Object.values(exports as Record<string, { require: object; types: string; default: string }>)
    const needed = entries.flatMap((entry) => [entry.types, entry.default, ...Object.values(entry.require)])
    const missing = ['LICENSE', 'README.md', ...needed.map((path) => path.replace('./', ''))]
    t.strictSame(
      missing.filter((path) => !files.includes(path)),
      [],
      name,
    )
    t.strictSame(
      files.filter((path) => /\.test(-kit)?\./.test(path)),
      [],
      name,
    )
    t.equal(readFileSync(join(folder, 'LICENSE'), 'utf8'), license, `${name}: the license is the repository's`)
  }
})
