import { lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { reportLine } from 'pino-rank/sink'
import { type Disk, type FilePlace, folderMode, makeFolder, systemDisk } from 'pino-rank-lines/system'
import { uniqueToken } from './unique-token.ts'

/**
 * Returns the system's disk, which also makes the symbolic link `current` when the first file is opened. If that
 * fails, it is only reported.
 */
export function linkingDisk(current: string, name: string): Disk {
  let isLinked = false
  return {
    ...systemDisk,
    open(place) {
      const fd = systemDisk.open(place)
      if (!isLinked) tryLink(current, place, name)
      isLinked = true
      return fd
    },
  }
}

function tryLink(current: string, place: FilePlace, name: string): void {
  try {
    makeLink(current, place)
  } catch (error) {
    reportLine(`${name}: no current link: ${(error as Error).message}`)
  }
}

/**
 * Points the symbolic link `link` at a file. The link is relative, so that the folder may be moved, and an old link is
 * replaced atomically. Throws the system's error, and an error if something else than a symbolic link has that name.
 */
function makeLink(link: string, { path, mode }: FilePlace): void {
  const target = relative(dirname(link), path)
  const found = lstatSync(link, { throwIfNoEntry: false })
  if (found && !found.isSymbolicLink())
    throw new Error(`${link} is not a symbolic link, and is not replaced; remove it, or give another name`)
  if (found && readlinkSync(link) === target) return
  makeFolder(dirname(link), folderMode(mode))
  const temporary = join(dirname(link), `.${basename(link)}.${uniqueToken()}`)
  symlinkSync(target, temporary)
  try {
    renameSync(temporary, link)
  } catch (error) {
    unlinkSync(temporary)
    throw error
  }
}
