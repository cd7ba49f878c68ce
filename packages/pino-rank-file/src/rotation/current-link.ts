import { randomBytes } from 'node:crypto'
import { lstatSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { makeFolder } from 'pino-rank-lines/system'

/**
 * Makes `link` a symbolic link to the file at `path`, relative, so that the folder may be moved; replaced atomically.
 *
 * Throws what the system throws, and where something else than a link has the name.
 */
export function currentLink(link: string, path: string): void {
  const target = relative(dirname(link), path)
  const found = lstatSync(link, { throwIfNoEntry: false })
  if (found && !found.isSymbolicLink()) throw new Error(`${link} is no symbolic link, and stays`)
  if (found && readlinkSync(link) === target) return
  makeFolder(dirname(link))
  const temporary = join(dirname(link), `.${basename(link)}.${process.pid}-${randomBytes(4).toString('hex')}`)
  symlinkSync(target, temporary)
  renameSync(temporary, link)
}
