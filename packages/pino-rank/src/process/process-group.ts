import { readdirSync, readFileSync } from 'node:fs'
import { pidExists, readProcessStat } from './process-id.ts'

/** A process of a group; a zombie, too, because it keeps the group's number from others. */
export interface GroupMember {
  pid: number
  /** As in `ProcessId`. */
  startTime: string
  /** Undefined where the system does not tell (elsewhere than on Linux). */
  session: number | undefined
}

/** What is asked of the system about a process group; a test brings its own. */
export interface GroupTable {
  /** Reports whether the group has a member, of any user; a zombie counts. */
  exists(group: number): boolean
  /** Returns the members of the group; none where the system does not show them. Costs a look at every process of the system. */
  members(group: number): GroupMember[]
  /** Reports whether a member that was seen is still the same process, in the same group and session. */
  hasMember(group: number, member: GroupMember): boolean
  /** Reports whether a process was started with this entry, `NAME=value`. False where the system does not tell. */
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

/** Reads all of `/proc` on Linux; elsewhere runs `ps`. */
function groupMembers(group: number): GroupMember[] {
  if (process.platform !== 'linux') return listedMembers(group)
  return numbersInProc().flatMap((pid) => {
    const stat = readProcessStat(pid)
    return stat?.processGroup === group ? [{ pid, startTime: stat.startTime, session: stat.session }] : []
  })
}

function hasMember(group: number, { pid, startTime, session }: GroupMember): boolean {
  if (startTime === '') return false
  if (process.platform !== 'linux')
    return listedMembers(group).some((member) => member.pid === pid && member.startTime === startTime)
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

function listedMembers(group: number): GroupMember[] {
  try {
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    return parseMembers(execFileSync('ps', ['-axo', 'pid=,pgid=,lstart='], { encoding: 'utf8' }), group)
  } catch {
    return []
  }
}

/** Reads the members of a group from what `ps -axo pid=,pgid=,lstart=` prints. */
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
    return false // another user's, gone, or a system without it
  }
}
