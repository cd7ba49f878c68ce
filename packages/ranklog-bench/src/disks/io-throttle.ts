import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the kernel takes rules about a device's write rate: a mounted hierarchy, and this process's group in it. */
export interface IoCgroup {
  version: 1 | 2
  mount: string
  group: string
}

/**
 * Finds the hierarchies that may hold such rules. Version 1 comes first: where its blkio hierarchy is mounted, version 2
 * lacks the controller.
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
  const found = mounts.split('\n').flatMap((line): IoCgroup[] => {
    const [, mount = '', type, options = ''] = line.split(' ')
    if (type === 'cgroup2') return [{ version: 2, mount, group: groupOf('') }]
    const isBlkio = type === 'cgroup' && options.split(',').includes('blkio')
    return isBlkio ? [{ version: 1, mount, group: groupOf('blkio') }] : []
  })
  return found.sort((a, b) => a.version - b.version)
}

/**
 * Limits what is written to a device, by all processes of this group.
 *
 * @param device `MAJOR:MINOR`
 * @returns what takes the rule back
 * @throws {Error} that says why this machine cannot
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

/** The kernel's threads, which write dirty pages, are in the root group; synchronous writes count for the process's own. */
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

/** A root group has no rules of its own: there this process, and so its ranks, move into a group that has. */
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

/** Returns the name of the group that a process of this number makes for itself where it needs one. */
export function groupName(pid: number): string {
  return `ranklog-bench-${pid}`
}

function enterGroup(parent: string): { folder: string; leave: () => void } {
  const has = (file: string, word: string) =>
    readFileSync(join(parent, file), 'utf8').trim().split(/\s+/).includes(word)
  // written pages count for a group only where memory is counted for it too
  const added = ['io', 'memory'].filter((controller) => {
    if (!has('cgroup.controllers', controller)) throw new Error(`${parent} lacks the controller ${controller}`)
    return !has('cgroup.subtree_control', controller)
  })
  const control = (sign: string) => {
    if (added.length === 0) return
    writeFileSync(join(parent, 'cgroup.subtree_control'), added.map((name) => `${sign}${name}`).join(' '))
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
