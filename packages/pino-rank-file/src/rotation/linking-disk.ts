import { lstatSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { reportLine } from 'pino-rank/sink'
import { type Disk, type FilePlace, folderMode, makeFolder, systemDisk } from 'pino-rank-lines/system'
import { uniqueToken } from './unique-token.ts'

/** The system's disk, on which the first file that is opened gets its link. A link that fails is only reported. */
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
 * Makes `link` a symbolic link to the file at a place, relative, so that the folder may be moved; replaced atomically.
 *
 * Throws what the system throws, and where something else than a link has the name.
 */
function makeLink(link: string, { path, mode }: FilePlace): void {
  const target = relative(dirname(link), path)
  const found = lstatSync(link, { throwIfNoEntry: false })
  if (found && !found.isSymbolicLink()) throw new Error(`${link} is no symbolic link, and stays`)
  if (found && readlinkSync(link) === target) return
  makeFolder(dirname(link), folderMode(mode))
  const temporary = join(dirname(link), `.${basename(link)}.${uniqueToken()}`)
  symlinkSync(target, temporary)
  renameSync(temporary, link)
}
