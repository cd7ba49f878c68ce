import { dirname, isAbsolute, relative, resolve } from 'node:path'

/**
 * The folder that its author fixed for a template: the working directory for a relative one in it, else the folders
 * before the first placeholder. What comes below may be another's to name.
 */
export function fixedFolder(template: string, cwd = ''): string {
  const folder = dirname(resolve(cwd, `${template.slice(0, template.search(/\{|$/))}x`))
  return isAbsolute(template) || relative(cwd, folder).startsWith('..') ? folder : resolve(cwd)
}
