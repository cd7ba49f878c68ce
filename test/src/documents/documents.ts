import { execFileSync } from 'node:child_process'

/** Returns the paths of all documents of the repository: its Markdown files. @param root the repository's folder */
export function documentsOf(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md']
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
}
