/** A queue with a clock, a disk and a sender that the test controls. */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '../system/manual-clock.test-kit.ts'
import { SpoolFolder } from './spool-folder.ts'
import { SpoolQueue, type SpoolQueueOptions } from './spool-queue.ts'

/** The id of the queue. */
export const id: string = '10000000-0000-4000-8000-000000000000'

interface OpenQueue {
  clock: ManualClock
  folder: SpoolFolder
  /** The errors of the disk. */
  faults: Error[]
  queue: SpoolQueue
}

/** Opens a queue in a folder, with a manual clock. */
export function openQueue(
  path: string,
  options: Partial<Pick<SpoolQueueOptions, 'maxPendingBytes' | 'head'>> = {},
): OpenQueue {
  const { maxPendingBytes = 1000, head = () => 'head' } = options
  const clock = new ManualClock()
  const folder = new SpoolFolder(path, { prefix: 'test' })
  const faults: Error[] = []
  const onFault = (error: Error) => void faults.push(error)
  const queue = new SpoolQueue(folder, { id, head, maxPendingBytes, onFault, clock })
  return { clock, folder, faults, queue }
}

export function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

/** Sends the first records, as a sender with one request for each of them. @returns them */
export function send(queue: SpoolQueue, count: number = Infinity): string[] {
  const sent: string[] = []
  for (const record of queue.unsent()) {
    if (sent.length === count) break
    sent.push(record.text)
    queue.sentTo(record)
  }
  queue.trim()
  return sent
}

/** Makes every operation in a folder fail, until {@link repairDisk} restores it. */
export function breakDisk(folder: string): void {
  if (existsSync(folder)) renameSync(folder, `${folder}.away`)
  writeFileSync(folder, '')
}

export function repairDisk(folder: string): void {
  rmSync(folder)
  if (existsSync(`${folder}.away`)) renameSync(`${folder}.away`, folder)
}
