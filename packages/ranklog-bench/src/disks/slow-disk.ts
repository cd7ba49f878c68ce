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

/** A file system on a device with a limited write rate. */
export interface SlowDisk {
  dir: string
  /**
   * False if the kernel cannot limit the dirty pages of one device (Linux before 6.2). Then the page cache hides the slow
   * disk for a long time.
   */
  isBounded: boolean
  /** Unmounts the file system and removes its device and image. This also happens when this process exits. */
  detach(): void
}

/** Size and speed of a slow disk. */
export interface SlowDiskOptions {
  /** Size of the image. */
  bytes: number
  bytesPerSecond: number
  /**
   * Bytes that the page cache takes before a write waits for the device (Linux's `strict_limit`). Without this limit the
   * page cache takes minutes of lines. 0: the disk is mounted with `sync`, and each write waits.
   */
  dirtyBytes: number
}

/**
 * Mounts an ext4 on a loop device, and limits the write rate of this device with cgroup v1 or v2.
 *
 * @param folder the folder for the image; not on a tmpfs, which has no direct I/O
 * @returns the disk; a text with the reason, if this machine or user cannot have one
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
    undo.push(() => run('umount', '-l', dir)) // lazy: does not fail if a program still uses the folder
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

/**
 * Limits the dirty pages of a device. The kernel removes the limit with the device.
 *
 * @returns false if the kernel cannot do that (Linux before 6.2)
 */
function boundPageCache(device: string, dirtyBytes: number): boolean {
  const bdi = `/sys/class/bdi/${device}`
  if (!existsSync(join(bdi, 'strict_limit'))) return false
  writeFileSync(join(bdi, 'strict_limit'), '1')
  writeFileSync(join(bdi, 'max_bytes'), `${dirtyBytes}`)
  return true
}

/**
 * Checks that the limit works, because the kernel may accept a limit that does not apply to this device or this process.
 *
 * @throws {Error} if writing is much faster than the limit allows
 */
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
    throw new Error(`the write limit has no effect: ${Math.round(bytesPerSecond / 2)} bytes took ${ms.toFixed()} ms`)
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a step of `detach`. An error goes to stderr, so that the next step still runs. */
function attempt(step: () => void): void {
  try {
    step()
  } catch (error) {
    process.stderr.write(`slow disk: ${(error as Error).message}\n`)
  }
}

/** Returns the number of a device as `MAJOR:MINOR`: see makedev(3). */
export function deviceNumber(path: string): string {
  const { rdev } = statSync(path)
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`
}
