import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const throttle = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device'

/** A file system on a device of so many bytes a second. */
export interface SlowDisk {
  dir: string
  /** Takes it all away again; that also happens when this process exits. */
  detach(): void
}

/**
 * An ext4 on a loop device that the kernel slows down: cgroup v1's blkio rule at the root, for this device alone. It is
 * mounted `sync`, so that each write waits for the device, as it would once the page cache is full of dirty pages.
 *
 * @param folder where the image lies; not on tmpfs, which has no direct I/O
 * @param bytes size of the image
 * @returns why not, where this machine or user cannot
 */
export function attachSlowDisk(folder: string, bytes: number, bytesPerSecond: number): SlowDisk | string {
  if (process.getuid?.() !== 0 || !existsSync(throttle)) return `needs root and ${throttle}`
  const image = join(folder, 'slow.img')
  const dir = join(folder, 'slow')
  const undo: (() => void)[] = []
  const detach = () => {
    for (const step of undo.splice(0).reverse()) attempt(step)
  }
  process.prependListener('exit', detach) // before the folder is removed
  try {
    run('fallocate', '-l', `${bytes}`, image)
    undo.push(() => rmSync(image))
    run('mkfs.ext4', '-q', '-F', image)
    const device = run('losetup', '--show', '--direct-io=on', '-f', image).trim()
    undo.push(() => run('losetup', '-d', device))
    mkdirSync(dir)
    run('mount', '-o', 'sync', device, dir)
    undo.push(() => run('umount', '-l', dir)) // a program that still runs there holds nobody up
    const number = deviceNumber(device)
    writeFileSync(throttle, `${number} ${bytesPerSecond}`)
    undo.push(() => writeFileSync(throttle, `${number} 0`))
    return { dir, detach }
  } catch (error) {
    detach()
    return `needs a loop device: ${(error as Error).message.trim()}`
  }
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Whatever fails, the next step is tried. */
function attempt(step: () => void): void {
  try {
    step()
  } catch (error) {
    process.stderr.write(`slow disk: ${(error as Error).message}\n`)
  }
}

/** `MAJOR:MINOR`, of Linux's device numbers: makedev(3). */
function deviceNumber(path: string): string {
  const { rdev } = statSync(path)
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`
}
