import { execFileSync } from 'node:child_process'
import { renameSync, statfsSync, statSync } from 'node:fs'
import type { SoakWriter } from './soak-writer.ts'

/** The writers and files that faults act on. */
export interface Scene {
  /** The folder of the file. It is a tmpfs of its own if `room` is set. */
  dir: string
  /** Normal size of that tmpfs, in bytes. Undefined if the folder cannot be made full. */
  room?: number
  /** The file that all writers share. */
  path: string
  /** Returns a random writer that is running. */
  pick(): SoakWriter
  /** Sends a signal to all writers. */
  sendAll(signal: NodeJS.Signals): void
  /** Starts a writer again that was killed. */
  restart(writer: SoakWriter): Promise<void>
  /** Returns a uniform random number in [0, 1). */
  random(): number
  /** Number of faults so far, for names that must differ. */
  count: number
}

/** Causes a fault, and returns a function that ends it. */
type Fault = (scene: Scene) => () => void | Promise<void>

/** Duration of a pause of the machine. It is longer than a write that counts as slow. */
const pauseMs = 80

/** Returns the faults that this user can cause on this machine, by name. */
export function soakFaults({ room }: Pick<Scene, 'room'>): Record<string, Fault> {
  const always: Record<string, Fault> = {
    'writer killed': kill,
    'writer stopped': stop,
    'machine paused': pauseAll,
    'file renamed away': rename,
  }
  if (room !== undefined) always['disk full'] = fill
  if (process.platform === 'linux' && works('prlimit', '--version')) always['file size limited'] = limit
  return always
}

const kill: Fault = (scene) => {
  const writer = scene.pick()
  writer.send('SIGKILL')
  return () => scene.restart(writer)
}

const stop: Fault = (scene) => {
  const writer = scene.pick()
  writer.send('SIGSTOP')
  return () => writer.send('SIGCONT')
}

/** Pauses all writers again and again, as if a virtual machine were paused. A write that is pending then looks like a slow disk. */
const pauseAll: Fault = (scene) => {
  const timer = setInterval(() => {
    scene.sendAll('SIGSTOP')
    setTimeout(() => scene.sendAll('SIGCONT'), pauseMs)
  }, 2 * pauseMs)
  return () => clearInterval(timer)
}

/** Renames the file, as logrotate does. */
const rename: Fault = (scene) => {
  try {
    renameSync(scene.path, `${scene.path}.${scene.count}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // no writer has written since the last rename
  }
  return () => {}
}

/** Makes the disk almost full. The writers fill the last pages themselves, so that there are short writes before writes fail. */
const fill: Fault = ({ dir, room, random }) => {
  const freePages = Math.ceil(random() * 32)
  while (!shrink(dir, freePages));
  return () => resize(dir, room as number)
}

/** Shrinks the tmpfs. Returns false if the writers have meanwhile used more than the new size. */
function shrink(dir: string, freePages: number): boolean {
  const { blocks, bfree, bsize } = statfsSync(dir)
  return works('mount', '-o', `remount,size=${(blocks - bfree + freePages) * bsize}`, dir)
}

/** Limits the file size of one writer to a little more than the present size (EFBIG). Node ignores the signal SIGXFSZ. */
const limit: Fault = (scene) => {
  const { pid } = scene.pick()
  const size = statSync(scene.path, { throwIfNoEntry: false })?.size ?? 0
  const set = (bytes: string) => works('prlimit', '--pid', `${pid}`, `--fsize=${bytes}:unlimited`)
  set(`${size + Math.ceil(scene.random() * 10_000)}`)
  return () => void set('unlimited')
}

function resize(dir: string, bytes: number): void {
  execFileSync('mount', ['-o', `remount,size=${bytes}`, dir])
}

/** Runs a command, and reports whether it succeeds. */
function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
