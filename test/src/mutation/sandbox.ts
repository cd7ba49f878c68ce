import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folders of the workspaces in the package.json at the root. */
const workspaces = ['packages', 'examples']
const single = ['benchmarks', 'test']

/**
 * Copies the parts of a built repository that tests need, so that faults can be put into the copy. In the copy the entries and
 * programs of packages are their modules instead of their bundles, so that a fault in a module has an effect without a build.
 *
 * @returns the folders of the workspaces, relative to the copy
 */
export function makeSandbox(root: string, copy: string): string[] {
  const folders = [
    ...workspaces.flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name))),
    ...single,
  ].filter((folder) => existsSync(join(root, folder, 'package.json')))
  for (const folder of folders) {
    mkdirSync(join(copy, folder), { recursive: true })
    for (const name of readdirSync(join(root, folder)))
      if (name !== 'node_modules' && name !== 'interop')
        cpSync(join(root, folder, name), join(copy, folder, name), { recursive: true })
    link(join(root, folder, 'node_modules'), join(copy, folder, 'node_modules'))
    for (const name of ['package.json', ...commandsOf(join(copy, folder))]) {
      const path = join(copy, folder, name)
      writeFileSync(path, withoutBundles(readFileSync(path, 'utf8'), join(copy, folder)))
    }
  }
  for (const name of [
    'package.json',
    'README.md',
    'docs',
    'CONTRIBUTING.md',
    'tsconfig.base.json',
    'package-lock.json',
  ])
    if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true })
  linkModules(join(root, 'node_modules'), join(copy, 'node_modules'))
  return folders
}

/** Returns the programs of a package, relative to its folder. */
function commandsOf(folder: string): string[] {
  return existsSync(join(folder, 'bin')) ? readdirSync(join(folder, 'bin')).map((name) => join('bin', name)) : []
}

/** Replaces the paths in `dist/bundle` of a package.json or a program by those of the modules that were bundled. */
function withoutBundles(text: string, folder: string): string {
  return text.replace(/dist\/bundle\/([^"']+\.js)/g, (bundle, name) =>
    existsSync(join(folder, 'dist', name)) ? `dist/${name}` : bundle,
  )
}

/** Links the installed packages. Links to workspaces are copied: they are relative, and so lead into the copy. */
function linkModules(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isSymbolicLink()) cpSync(source, target, { verbatimSymlinks: true })
    else if (entry.name.startsWith('@')) linkModules(source, target)
    else symlinkSync(source, target)
  }
}

function link(from: string, to: string): void {
  if (existsSync(from)) symlinkSync(from, to)
}
