import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { pidExists, processIdFrom, processState } from 'pino-rank/process'
import { findIoCgroups, groupName } from './io-throttle.ts'
import { folderName, ownerFile, scratchParent } from './run-folder.ts'
import { deviceNumber } from './slow-disk.ts'

/**
 * Removes what killed runs left in a folder: theirs have names such as `ranklog-bench-PID-RANDOM`. File systems that are mounted in them
 * are unmounted, their loop devices and write limits removed. Folders of runs that may still be running are kept.
 *
 * @returns the folders that were removed
 * @throws {Error} if one cannot be removed
 */
export function removeLeftovers(dir: string): string[] {
  const parents = [...new Set([dir, scratchParent()])]
  const left = parents.flatMap((parent) => leftIn(parent))
  for (const folder of left) undo(folder)
  return left
}

function leftIn(parent: string): string[] {
  return namesIn(parent).flatMap((name) => {
    const pid = folderName.exec(name)?.[1]
    const folder = join(parent, name)
    return pid !== undefined && isOurs(folder) && isGone(folder, Number(pid)) ? [folder] : []
  })
}

/** Another user may have made a folder of this name where everyone may make one. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && (process.getuid === undefined || stat.uid === process.getuid())
}

/** A process of another host that shares the folder cannot be seen from here: it is not taken for gone. */
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

/** Those mounted last come first. */
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

/** The next device with this number would be slow, too. */
function removeLimit(device: string): void {
  for (const { version, mount, group } of ioCgroups()) {
    const [file, none] = version === 1 ? ['blkio.throttle.write_bps_device', '0'] : ['io.max', 'wbps=max']
    for (const rules of new Set([join(mount, file), join(mount, group, file)])) {
      if (textOf(rules).includes(`${device} `)) writeFileSync(rules, `${device} ${none}`)
    }
  }
}

/** Of version 2: the group that the run had entered. It is empty, since the run's ranks end with it. */
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

/** Empty where there is no such folder, or this user may not read it. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Empty where the system has no such file. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
