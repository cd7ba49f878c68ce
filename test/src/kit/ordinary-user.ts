/** Tests of permissions, which root ignores: as root they start their children as another user, so that they prove the same. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'

const isRoot = process.getuid?.() === 0

/** Options of a child process that is bound by permission bits: `uid` if this is root, and otherwise none. */
export const ordinaryUser: { uid?: number } = isRoot ? { uid: 65_534 } : {}

/** Options of a test that starts such a child. The test is skipped if that user may not enter the folders of the repository. */
export const withOrdinaryUser: { skip?: string } =
  process.platform === 'win32'
    ? { skip: 'no permission bits' }
    : isRoot && ![import.meta.dirname, process.cwd()].every(mayBeEntered)
      ? { skip: 'other users may not enter this folder' }
      : {}

/** Reports whether any user may enter a folder and all folders above it. */
function mayBeEntered(folder: string): boolean {
  const above = dirname(folder)
  return (statSync(folder).mode & 1) !== 0 && (above === folder || mayBeEntered(above))
}
