import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { pidExists, processIdFrom, processState } from 'pino-rank/process'
import { findIoCgroups, groupName } from './io-throttle.ts'
import { folderName, ownerFile, scratchParent } from './run-folder.ts'
import { deviceNumber } from './slow-disk.ts'

/**
 * Removes the folders that killed runs left behind in a folder (`ranklog-bench-PID-RANDOM`). Unmounts the file systems in
 * them, and removes their loop devices and write limits. Does not touch the folder of a run that may still be running.
 *
 * @returns the folders that were removed
 * @throws {Error} if one cannot be removed
 */
export function removeLeftovers(dir: string): string[] {
  const parents = [...new Set([dir, scratchParent()])]
  const folders = parents.flatMap((parent) => leftoversIn(parent))
  for (const folder of folders) undo(folder)
  return folders
}

function leftoversIn(parent: string): string[] {
  return namesIn(parent).flatMap((name) => {
    const pid = folderName.exec(name)?.[1]
    const folder = join(parent, name)
    return pid !== undefined && isOurs(folder) && isGone(folder, Number(pid)) ? [folder] : []
  })
}

/** Reports whether this user made a folder. In a folder such as /tmp, another user may have made one with this name. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && (process.getuid === undefined || stat.uid === process.getuid())
}

/**
 * Reports whether the process that made a folder has ended. Returns false for a process of another host that shares the
 * folder: this host cannot see it.
 */
function isGone(folder: string, pid: number): boolean {
  const owner = processIdFrom(parsed(textOf(join(folder, ownerFile))))
  return owner ? processState(owner) === 'gone' : !pidExists(pid)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function undo(folder: string): void {
  const devices = loopDevicesIn(folder)
  for (const mount of mountsIn(folder)) execFileSync('umount', ['-l', mount])
  for (const device of devices) {
    removeLimit(deviceNumber(device))
    execFileSync('losetup', ['-d', device])
  }
  removeGroup(Number(folderName.exec(folder.slice(folder.lastIndexOf(sep) + 1))?.[1]))
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) // a rank of the run may still be ending
}

/** Returns the mount points in a folder, the latest first: that is the order in which they can be unmounted. */
function mountsIn(folder: string): string[] {
  const mounts = textOf('/proc/self/mounts').split('\n')
  const paths = mounts.map((line) =>
    (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8))),
  )
  return paths.filter((path) => path.startsWith(`${folder}${sep}`)).reverse()
}

function loopDevicesIn(folder: string): string[] {
  const blocks = '/sys/block'
  return namesIn(blocks)
    .filter((name) => textOf(join(blocks, name, 'loop/backing_file')).startsWith(`${folder}${sep}`))
    .map((name) => join('/dev', name))
}

/** Removes the write limit of a device number. Otherwise the next device with this number would be slow too. */
function removeLimit(device: string): void {
  for (const { version, mount, group } of ioCgroups()) {
    const [file, none] = version === 1 ? ['blkio.throttle.write_bps_device', '0'] : ['io.max', 'wbps=max']
    for (const rules of new Set([join(mount, file), join(mount, group, file)])) {
      if (textOf(rules).includes(`${device} `)) writeFileSync(rules, `${device} ${none}`)
    }
  }
}

/** Removes the cgroup v2 group that a run moved to. The group is empty: the ranks of a run end when the run ends. */
function removeGroup(pid: number): void {
  for (const { mount, group } of ioCgroups()) {
    for (const parent of new Set([mount, join(mount, group)])) {
      const folder = join(parent, groupName(pid))
      if (statSync(folder, { throwIfNoEntry: false })) rmdirSync(folder)
    }
  }
}

function ioCgroups() {
  return findIoCgroups(textOf('/proc/self/mounts'), textOf('/proc/self/cgroup'))
}

/** Returns the names in a folder; none if it does not exist or this user may not read it. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Returns the text of a file; an empty text if the file cannot be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
