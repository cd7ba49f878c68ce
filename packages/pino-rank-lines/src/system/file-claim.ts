import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { isSameProcess, type ProcessId, processIdFrom, processState, thisProcess } from 'pino-rank/process'

/** Number of writers of this thread that use a claim. */
const useCounts = new Map<string, number>()

/**
 * Claims a file for this process with a small file `.NAME.writer` in its folder. Returns undefined if this process may write,
 * otherwise the running process that holds the claim. A claim is taken over if its process has ended, or cannot be seen from
 * here. If a claim cannot be created (no hard links, a read-only folder), the process may write without one.
 */
export function claimFile(path: string): ProcessId | undefined {
  const claim = claimOf(path)
  const own = `${claim}.${process.pid}-${threadId}`
  try {
    rmSync(own, { force: true })
    writeFileSync(own, JSON.stringify(thisProcess()), { flag: 'wx', mode: 0o644 })
    while (!tryLink(own, claim)) {
      const holder = holderOf(claim)
      if (holder && isSameProcess(holder, thisProcess())) break
      if (holder && processState(holder) === 'running') return holder
      takeAway(claim, `${own}.old`)
    }
    useCounts.set(claim, (useCounts.get(claim) ?? 0) + 1)
    return undefined
  } catch {
    return undefined
  } finally {
    tryRemove(own)
  }
}

/** Returns the running process, other than this one, that has claimed the file. */
export function otherWriter(path: string): ProcessId | undefined {
  const holder = holderOf(claimOf(path))
  if (!holder || isSameProcess(holder, thisProcess())) return undefined
  return processState(holder) === 'running' ? holder : undefined
}

/** Releases a claim when the last writer of this thread is done. */
export function releaseFile(path: string): void {
  const claim = claimOf(path)
  const remainingUses = (useCounts.get(claim) ?? 0) - 1
  if (remainingUses > 0) return void useCounts.set(claim, remainingUses)
  if (!useCounts.delete(claim)) return
  const holder = holderOf(claim)
  if (holder && isSameProcess(holder, thisProcess())) tryRemove(claim)
}

/** Removes a file, and ignores errors: a claim that remains becomes stale when this process ends. */
function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

function claimOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.writer`)
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes a stale claim. If another process has just created one in its place, that claim is put back. */
function takeAway(claim: string, to: string): void {
  try {
    renameSync(claim, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const taken = holderOf(to)
  if (taken && processState(taken) === 'running') tryLink(to, claim)
  rmSync(to, { force: true })
}

function holderOf(claim: string): ProcessId | undefined {
  try {
    const { size } = lstatSync(claim)
    if (!lstatSync(claim).isFile() || size > 4096) return undefined // reading a FIFO would block
    return processIdFrom(JSON.parse(readFileSync(claim, 'utf8')))
  } catch {
    return undefined
  }
}
