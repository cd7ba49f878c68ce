import { execFileSync } from 'node:child_process'
import { renameSync, statfsSync, statSync } from 'node:fs'
import type { SoakWriter } from './soak-writer.ts'

/** What faults happen to. */
export interface Scene {
  /** The folder, a mount of its own where `room` is known. */
  dir: string
  /** Its size when there is room, in bytes; undefined: it cannot be made full. */
  room?: number
  /** The file that all writers share. */
  path: string
  /** A writer that lives, chosen by chance. */
  pick(): SoakWriter
  /** Sends a signal to all writers. */
  sendAll(signal: NodeJS.Signals): void
  /** Starts the next life of a writer. */
  restart(writer: SoakWriter): Promise<void>
  /** Uniform in [0, 1). */
  random(): number
  /** Says how often a file was renamed: names must differ. */
  count: number
}

/** Makes something go wrong, and returns what makes it right again. */
type Fault = (scene: Scene) => () => void | Promise<void>

/** How long a pause of the machine takes, in ms: longer than a write that counts as slow. */
const pauseMs = 80

/** The faults that this machine and user can make, by name. */
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

/** As a virtual machine is paused, again and again: each time some writer is within a write, which then looks like a slow disk. */
const pauseAll: Fault = (scene) => {
  const timer = setInterval(() => {
    scene.sendAll('SIGSTOP')
    setTimeout(() => scene.sendAll('SIGCONT'), pauseMs)
  }, 2 * pauseMs)
  return () => clearInterval(timer)
}

/** As logrotate does it. */
const rename: Fault = (scene) => {
  try {
    renameSync(scene.path, `${scene.path}.${scene.count}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // nobody has written since the last time
  }
  return () => {}
}

/** A few pages are left, which the writers fill themselves: writes come short before they fail. */
const fill: Fault = ({ dir, room, random }) => {
  const left = Math.ceil(random() * 32)
  while (!shrunk(dir, left));
  return () => resize(dir, room as number)
}

/** False where the writers were faster: what is used has outgrown the size that was asked for. */
function shrunk(dir: string, left: number): boolean {
  const { blocks, bfree, bsize } = statfsSync(dir)
  return works('mount', '-o', `remount,size=${(blocks - bfree + left) * bsize}`, dir)
}

/** Of one writer: it may not make files longer than this one is soon (EFBIG); the signal SIGXFSZ is ignored by Node. */
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

/** False also where the process is gone. */
function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
