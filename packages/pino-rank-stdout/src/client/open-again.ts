import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'

/** The major device numbers of pseudo terminals (devpts): terminal windows, ssh, tmux, containers. */
const firstPtsMajor = 136
const lastPtsMajor = 143

/**
 * Opens the pipe or the pseudo terminal behind a descriptor once more, so that writes to the new descriptor do not block. The given
 * one is shared with other processes and stays as it is. Only on Linux. Returns undefined for everything else: a socket cannot be
 * opened again, and a serial line or a console may do more at an open than a pseudo terminal.
 *
 * @param mayBeTerminal false where others write to the terminal, too: a write that does not block may tear lines there
 */
export function openAgain(fd: number, mayBeTerminal: boolean): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stats = fstatSync(fd)
    if (!stats.isFIFO() && !(mayBeTerminal && isPseudoTerminal(stats))) return undefined
    const again = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const { dev, ino } = fstatSync(again)
    if (dev === stats.dev && ino === stats.ino) return again
    closeSync(again)
  } catch {
    // another user's, or a pipe without a reader
  }
  return undefined
}

function isPseudoTerminal(stats: Stats): boolean {
  const major = Math.floor(stats.rdev / 2 ** 8) % 2 ** 12
  return stats.isCharacterDevice() && major >= firstPtsMajor && major <= lastPtsMajor
}
