import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A cgroup in which the kernel can limit a device's write rate: a mounted hierarchy, and this process's group in it. */
export interface IoCgroup {
  version: 1 | 2
  mount: string
  group: string
}

/**
 * Returns the hierarchies that may limit write rates. Version 1 comes first: if its blkio hierarchy is mounted, version 2
 * has no I/O controller.
 *
 * @param mounts the text of /proc/self/mounts
 * @param cgroups the text of /proc/self/cgroup
 */
export function findIoCgroups(mounts: string, cgroups: string): IoCgroup[] {
  const groupOf = (controller: string) =>
    cgroups
      .split('\n')
      .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
      .find((fields) => fields?.[1]?.split(',').includes(controller))?.[2] ?? '/'
  const hierarchies = mounts.split('\n').flatMap((line): IoCgroup[] => {
    const [, mount = '', type, options = ''] = line.split(' ')
    if (type === 'cgroup2') return [{ version: 2, mount, group: groupOf('') }]
    const isBlkio = type === 'cgroup' && options.split(',').includes('blkio')
    return isBlkio ? [{ version: 1, mount, group: groupOf('blkio') }] : []
  })
  return hierarchies.sort((a, b) => a.version - b.version)
}

/**
 * Limits the rate at which all processes of this group together may write to a device.
 *
 * @param device `MAJOR:MINOR`
 * @returns a function that removes the limit
 * @throws {Error} with the reason for each hierarchy, if none accepts the limit
 */
export function limitWrites(cgroups: readonly IoCgroup[], device: string, bytesPerSecond: number): () => void {
  const reasons: string[] = []
  for (const { version, mount, group } of cgroups) {
    try {
      return (version === 1 ? limitByBlkio : limitByIoMax)(mount, join(mount, group, '.'), device, bytesPerSecond)
    } catch (error) {
      reasons.push(`cgroup v${version}: ${(error as Error).message}`)
    }
  }
  throw new Error(reasons.join('; ') || 'no cgroup v1 blkio and no cgroup v2 is mounted')
}

/**
 * Sets the limit in the root group and in this process's group. Dirty pages are written by kernel threads, which are in the
 * root group; synchronous writes count for the group of the process.
 */
function limitByBlkio(mount: string, own: string, device: string, bytesPerSecond: number): () => void {
  const rules = [...new Set([mount, own])]
    .map((folder) => join(folder, 'blkio.throttle.write_bps_device'))
    .filter((file) => existsSync(file))
  if (rules.length === 0) throw new Error(`no blkio.throttle.write_bps_device in ${mount}`)
  for (const file of rules) writeFileSync(file, `${device} ${bytesPerSecond}`)
  return () => {
    for (const file of rules) writeFileSync(file, `${device} 0`)
  }
}

/**
 * Sets the limit in this process's group. The root group has no `io.max`: a process in it moves to a new group, and the
 * ranks that it starts are in that group too.
 */
function limitByIoMax(_mount: string, own: string, device: string, bytesPerSecond: number): () => void {
  const rule = (folder: string, rate: number | 'max') => writeFileSync(join(folder, 'io.max'), `${device} wbps=${rate}`)
  if (existsSync(join(own, 'io.max'))) {
    rule(own, bytesPerSecond)
    return () => rule(own, 'max')
  }
  const { folder, leave } = enterGroup(own)
  try {
    rule(folder, bytesPerSecond)
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

/** Returns the name of the group that the process with this PID makes if it is in the root group. */
export function groupName(pid: number): string {
  return `ranklog-bench-${pid}`
}

function enterGroup(parent: string): { folder: string; leave: () => void } {
  const has = (file: string, word: string) =>
    readFileSync(join(parent, file), 'utf8').trim().split(/\s+/).includes(word)
  // the kernel counts written-back pages for a group only if the memory controller is on there too
  const missing = ['io', 'memory'].filter((controller) => {
    if (!has('cgroup.controllers', controller)) throw new Error(`${parent} lacks the controller ${controller}`)
    return !has('cgroup.subtree_control', controller)
  })
  const control = (sign: string) => {
    if (missing.length === 0) return
    writeFileSync(join(parent, 'cgroup.subtree_control'), missing.map((name) => `${sign}${name}`).join(' '))
  }
  const folder = join(parent, groupName(process.pid))
  const move = (pid: string, to: string) => writeFileSync(join(to, 'cgroup.procs'), pid)
  control('+')
  mkdirSync(folder)
  move(String(process.pid), folder)
  const leave = () => {
    for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim().split('\n')) if (pid) move(pid, parent)
    rmdirSync(folder)
    control('-')
  }
  return { folder, leave }
}
