import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'

/** The major device numbers of pseudo terminals (devpts): terminal windows, ssh, tmux, containers. */
const firstPtsMajor = 136
const lastPtsMajor = 143

/**
 * Opens the pipe or pseudo terminal of a descriptor a second time, so that writes to the new descriptor do not block.
 * The given descriptor stays as it is, because other processes share it. Linux only. Returns undefined for everything
 * else: a socket cannot be opened again, and opening a serial line or a console may have side effects.
 *
 * @param mayBeTerminal false if other processes write to the terminal too: non-blocking writes could tear lines there
 */
export function openNonBlocking(fd: number, mayBeTerminal: boolean): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stats = fstatSync(fd)
    if (!stats.isFIFO() && !(mayBeTerminal && isPseudoTerminal(stats))) return undefined
    const again = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const { dev, ino } = fstatSync(again)
    if (dev === stats.dev && ino === stats.ino) return again
    closeSync(again)
  } catch {
    // it belongs to another user, or it is a pipe without a reader
  }
  return undefined
}

function isPseudoTerminal(stats: Stats): boolean {
  const major = Math.floor(stats.rdev / 2 ** 8) % 2 ** 12
  return stats.isCharacterDevice() && major >= firstPtsMajor && major <= lastPtsMajor
}
