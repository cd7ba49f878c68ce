import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findIoCgroups } from './io-throttle.ts'
import { ownFolderName, removeFolder } from './own-folder.ts'

/**
 * Removes what killed runs of this host left in a folder: their files, and what they had mounted there.
 *
 * @returns a sentence for each of them
 */
export function removeLeftovers(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const pid = ownFolderName.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) return []
    const folder = join(dir, name)
    try {
      unmountAll(folder)
      removeGroup(pid)
      removeFolder(folder)
      return [`removed ${folder}, which a killed run had left`]
    } catch (error) {
      return [`a killed run has left ${folder}, which cannot be removed: ${(error as Error).message.trim()}`]
    }
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Unmounts what is mounted below a folder, and detaches the loop devices whose images are there. */
function unmountAll(folder: string): void {
  if (process.platform !== 'linux') return
  const loops = loopsIn(folder)
  for (const name of loops) takeBackLimits(readFileSync(`/sys/block/${name}/dev`, 'utf8').trim())
  for (const mount of mountsIn(folder, readFileSync('/proc/self/mounts', 'utf8'))) run('umount', '-l', mount)
  for (const name of loops) run('losetup', '-d', `/dev/${name}`)
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** The loop devices whose images are below a folder. */
function loopsIn(folder: string): string[] {
  if (!existsSync('/sys/block')) return []
  return readdirSync('/sys/block').filter((name) => {
    const image = `/sys/block/${name}/loop/backing_file`
    return existsSync(image) && readFileSync(image, 'utf8').startsWith(`${folder}/`)
  })
}

/** Returns the mount points below a folder, the last mounted first. @param mounts the text of /proc/self/mounts */
export function mountsIn(folder: string, mounts: string): string[] {
  return mounts
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[1] ?? ''))
    .filter((mount) => mount.startsWith(`${folder}/`))
    .reverse()
}

/** The kernel writes a space as `\040`. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
}

/** A limit outlives its device, and would slow down the next one of that number. */
function takeBackLimits(device: string): void {
  for (const group of ownGroups()) {
    for (const [file, rule] of [
      ['blkio.throttle.write_bps_device', `${device} 0`],
      ['io.max', `${device} wbps=max`],
    ] as const) {
      const path = join(group, file)
      const rules = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
      if (rules.some((line) => line.startsWith(`${device} `))) writeFileSync(path, rule)
    }
  }
}

/** Removes the cgroup that the killed process had moved into. It stays while a child of that process runs: it limits nothing. */
function removeGroup(pid: string): void {
  for (const group of ownGroups()) {
    const folder = join(group, `rank-bench-${pid}`)
    if (!existsSync(folder)) continue
    const hasProcesses = readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim() !== ''
    if (!hasProcesses) rmdirSync(folder)
  }
}

function ownGroups(): string[] {
  if (process.platform !== 'linux') return []
  const cgroups = findIoCgroups(readFileSync('/proc/self/mounts', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'))
  return [...new Set(cgroups.flatMap(({ mount, group }) => [mount, join(mount, group)]))]
}
