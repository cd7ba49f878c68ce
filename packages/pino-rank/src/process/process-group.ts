import { readdirSync, readFileSync } from 'node:fs'
import { pidExists, readProcessStat } from './process-id.ts'

/** A member of a process group. Zombies count, because they keep the group's number from being reused. */
export interface GroupMember {
  pid: number
  /** As in `ProcessId`. */
  startTime: string
  /** Undefined where the system does not show it, that is everywhere but on Linux. */
  session: number | undefined
}

/** Queries about process groups. Tests replace it. */
export interface GroupTable {
  /** Reports whether the group has a member, of any user. Zombies count. */
  exists(group: number): boolean
  /** Returns the members of the group, or none where the system does not show them. Scans every process of the system. */
  members(group: number): GroupMember[]
  /** Reports whether a member seen earlier is still the same process, in the same group and session. */
  hasMember(group: number, member: GroupMember): boolean
  /** Reports whether a process was started with this environment entry, `NAME=value`. False where the system does not show it. */
  hasInEnvironment(pid: number, entry: string): boolean
  kill(group: number, signal: NodeJS.Signals): void
}

export const systemGroups: GroupTable = {
  exists: (group) => pidExists(-group),
  members: groupMembers,
  hasMember,
  hasInEnvironment,
  kill: (group, signal) => void process.kill(-group, signal),
}

/** Returns the members of a group. Scans `/proc` on Linux; runs `ps` elsewhere. */
function groupMembers(group: number): GroupMember[] {
  if (process.platform !== 'linux') return membersFromPs(group)
  return numbersInProc().flatMap((pid) => {
    const stat = readProcessStat(pid)
    return stat?.processGroup === group ? [{ pid, startTime: stat.startTime, session: stat.session }] : []
  })
}

function hasMember(group: number, { pid, startTime, session }: GroupMember): boolean {
  if (startTime === '') return false
  if (process.platform !== 'linux')
    return membersFromPs(group).some((member) => member.pid === pid && member.startTime === startTime)
  const stat = readProcessStat(pid)
  return stat?.processGroup === group && stat.startTime === startTime && stat.session === session
}

function numbersInProc(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

function membersFromPs(group: number): GroupMember[] {
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    return parseMembers(execFileSync('ps', ['-axo', 'pid=,pgid=,lstart='], { encoding: 'utf8' }), group)
  } catch {
    return []
  }
}

/** Parses the members of a group from the output of `ps -axo pid=,pgid=,lstart=`. */
export function parseMembers(text: string, group: number): GroupMember[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, pgid, startTime = ''] = /^\s*(\d+)\s+(\d+)\s+(.*\S)\s*$/.exec(line) ?? []
    return Number(pgid) === group ? [{ pid: Number(pid), startTime, session: undefined }] : []
  })
}

function hasInEnvironment(pid: number, entry: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`)
    return Buffer.concat([Buffer.of(0), environment, Buffer.of(0)]).includes(`\0${entry}\0`)
  } catch {
    return false // another user's process, a process that is gone, or a system without /proc
  }
}
