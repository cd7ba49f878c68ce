import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the paths of all READMEs in the repository. @param root the repository's folder */
export function readmesOf(root: string): string[] {
  const below = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  )
  return ['.', 'benchmarks', ...below].map((folder) => join(folder, 'README.md'))
}
