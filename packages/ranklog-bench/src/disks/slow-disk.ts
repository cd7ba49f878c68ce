import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { findIoCgroups, limitWrites } from './io-throttle.ts'

/** A file system on a device of so many bytes a second. */
export interface SlowDisk {
  dir: string
  /** False: the kernel has no bound of dirty pages for one device (Linux before 6.2), so the page cache hides the disk for long. */
  isBounded: boolean
  /** Takes it all away again; that also happens when this process exits. */
  detach(): void
}

/** What the disk is like. */
export interface SlowDiskOptions {
  /** Size of the image. */
  bytes: number
  bytesPerSecond: number
  /**
   * Bytes that the page cache takes before a write waits for the device, by Linux's strict_limit; without a bound it would
   * take minutes of lines. 0: the disk is mounted `sync`, and each write waits.
   */
  dirtyBytes: number
}

/**
 * An ext4 on a loop device that the kernel slows down, by a rule of cgroup v1 or v2 for this device alone.
 *
 * @param folder where the image lies; not on tmpfs, which has no direct I/O
 * @returns why not, where this machine or user cannot
 */
export function attachSlowDisk(folder: string, options: SlowDiskOptions): SlowDisk | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root'
  const image = join(folder, 'slow.img')
  const dir = join(folder, 'slow')
  const undo: (() => void)[] = []
  const detach = () => {
    process.off('exit', detach)
    for (const step of undo.splice(0).reverse()) attempt(step)
  }
  process.prependListener('exit', detach) // before the folder is removed
  try {
    run('fallocate', '-l', `${options.bytes}`, image)
    undo.push(() => rmSync(image))
    run('mkfs.ext4', '-q', '-F', image)
    const device = run('losetup', '--show', '--direct-io=on', '-f', image).trim()
    undo.push(() => run('losetup', '-d', device))
    mkdirSync(dir)
    run('mount', ...(options.dirtyBytes === 0 ? ['-o', 'sync'] : []), device, dir)
    undo.push(() => run('umount', '-l', dir)) // a program that still runs there holds nobody up
    const number = deviceNumber(device)
    const isBounded = options.dirtyBytes === 0 || boundPageCache(number, options.dirtyBytes)
    const cgroups = findIoCgroups(readFileSync('/proc/self/mounts', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'))
    undo.push(limitWrites(cgroups, number, options.bytesPerSecond))
    checkRate(dir, options.bytesPerSecond)
    return { dir, isBounded, detach }
  } catch (error) {
    detach()
    return `needs a loop device that can be slowed down: ${(error as Error).message.trim().replaceAll('\n', ' ')}`
  }
}

/** The bound is the device's own and goes with it. @returns false before Linux 6.2, which has none */
function boundPageCache(device: string, dirtyBytes: number): boolean {
  const bdi = `/sys/class/bdi/${device}`
  if (!existsSync(join(bdi, 'strict_limit'))) return false
  writeFileSync(join(bdi, 'strict_limit'), '1')
  writeFileSync(join(bdi, 'max_bytes'), `${dirtyBytes}`)
  return true
}

/** A rule that the kernel takes may still not reach this device or this process: half a second's bytes must take as long. */
function checkRate(dir: string, bytesPerSecond: number): void {
  const file = join(dir, 'rate')
  const fd = openSync(file, 'w')
  const start = performance.now()
  writeSync(fd, Buffer.alloc(bytesPerSecond / 2))
  fsyncSync(fd)
  const ms = performance.now() - start
  closeSync(fd)
  rmSync(file)
  if (ms < 250)
    throw new Error(`the rule has no effect: ${Math.round(bytesPerSecond / 2)} bytes took ${ms.toFixed()} ms`)
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
export function deviceNumber(path: string): string {
  const { rdev } = statSync(path)
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`
}
