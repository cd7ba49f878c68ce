import { dirname, isAbsolute, relative, resolve } from 'node:path'

/**
 * The folder that its author fixed for a template: the working directory for a relative one in it, else the folders
 * before the first placeholder. What comes below may be another's to name.
 */
export function fixedFolder(template: string): string {
  const folder = dirname(resolve(`${template.slice(0, template.search(/\{|$/))}x`))
  const cwd = process.cwd()
  return isAbsolute(template) || relative(cwd, folder).startsWith('..') ? folder : cwd
}
