import { basename, dirname, join } from 'node:path'
import { type FileId, isSameFile } from 'pino-rank-lines/system'
import { type NameStyle, nextName, type RotatedName, rotatedNames } from './rotated-names.ts'
import type { NamedFile, RotationDisk } from './rotation-disk.ts'
import { type Steps, step } from './steps.ts'
import { uniqueToken } from './unique-token.ts'

/** Age after which any writer completes another writer's unfinished rotation, in ms. */
export const rotationTimeoutMs = 1000

/**
 * Moves the file at `path` to the next rotated name. Any number of writers may run this at the same time, and any of
 * them may die between two calls. There is no lock, and no writer waits:
 *
 * - **reserve**: the next file is created under a private name (`.train.log.new-…`). If that fails, because the disk
 *   has no free inode, nothing has been moved and the log continues in the same file.
 * - **claim**: `link(path, next name)`, which succeeds for one writer only. The name is computed first, so a late
 *   writer finds it taken. The linked file is checked afterwards, and a wrong claim is undone.
 * - **swap**: `path` is renamed to a private name (`.train.log.out-…`), because an unlink could hit a fresh file that
 *   another writer created meanwhile. Then the private name is disposed of, and the reserved file is linked to `path`,
 *   unless another writer was faster.
 * - **dispose**: the only place that unlinks a log's name. It unlinks only names that this process alone has, and only
 *   after it saw the file under `path` or a rotated name. A file that has no other name gets one.
 *
 * Time only decides when another writer's unfinished rotation is completed. A late writer causes at worst one needless
 * rotation.
 */
export class RotationProtocol {
  readonly #path: string
  readonly #folder: string
  readonly #base: string
  readonly #style: NameStyle
  readonly #disk: RotationDisk
  readonly #wall: () => number
  readonly #fileTime: () => number
  readonly #mode: number
  readonly #token = uniqueToken()
  #names = 0
  #claim: (FileId & { since: number }) | undefined

  /**
   * @param wall this machine's clock, in ms since 1970, for dated names
   * @param more `fileTime`: the file system's clock, for the age of files; `mode`: permission bits of a new file,
   *   before the umask
   */
  constructor(
    path: string,
    style: NameStyle,
    disk: RotationDisk,
    wall: () => number,
    more: { fileTime?: () => number; mode?: number | undefined } = {},
  ) {
    this.#path = path
    this.#folder = dirname(path)
    this.#base = basename(path)
    this.#style = style
    this.#disk = disk
    this.#wall = wall
    this.#fileTime = more.fileTime ?? wall
    this.#mode = more.mode ?? 0o640
  }

  /** Returns the file system's clock, in ms since 1970. Throws the system's error if no file can be created. */
  readFileTime(): number {
    return this.#disk.probe(this.#ownName('new'), this.#mode)
  }

  /**
   * Rotates `file`. The caller must have it open, so that its inode number is not used again.
   *
   * @returns `'rotated'` if we did it; `'moved'` if another file is at the path now; `'claimed'` if another writer is
   *   doing it
   */
  *rotate(file: FileId): Steps<'rotated' | 'moved' | 'claimed'> {
    const names = yield* this.#list()
    const current = yield* this.#stat(this.#path)
    if (current && !current.regular)
      throw new Error('only a regular file can be rotated: give the path of the file, not of a symbolic link')
    if (!current || !isSameFile(current, file)) return 'moved'
    if (current.nlink > 1 && (yield* this.#findRotated(names, file, 1)).length > 0) return 'claimed'
    return yield* this.#withReserved((reserved) => this.#move(file, this.#next(names), reserved))
  }

  *#move(file: FileId, claim: string, reserved: string): Steps<'rotated' | 'moved' | 'claimed'> {
    const linked = yield* this.#link(claim, reserved)
    if (linked !== 'done') return linked === 'taken' ? 'claimed' : 'moved'
    if (!(yield* this.#isNewestNameOf(claim, file))) {
      yield* this.#removeName(claim)
      return 'moved'
    }
    yield* this.#swap(file, reserved)
    return 'rotated'
  }

  /**
   * Links the claim. On tmpfs each name takes an inode. If none is free, the reserved file is removed, so that the claim
   * gets its inode. The new file later gets the inode of the old name.
   */
  *#link(claim: string, reserved: string): Steps<'done' | 'taken' | 'gone'> {
    const link = () => this.#disk.link(this.#path, join(this.#folder, claim))
    try {
      return yield* step(link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      yield* step(() => this.#disk.unlink(reserved))
      return yield* step(link)
    }
  }

  /** Creates the next file under a private name while `use` runs. Throws if the disk has no room for it. */
  *#withReserved<Result>(use: (reserved: string) => Steps<Result>): Steps<Result> {
    const reserved = this.#ownName('new')
    yield* step(() => this.#disk.create(reserved, this.#mode))
    try {
      return yield* use(reserved)
    } finally {
      yield* step(() => this.#disk.unlink(reserved))
    }
  }

  /**
   * Completes or undoes the rotations of dead writers, once they are older than {@link rotationTimeoutMs}.
   *
   * @param now time of a monotonic clock, in ms
   * @returns true if something is still too young
   */
  *sweep(now: number): Steps<boolean> {
    const entries = yield* step(() => this.#disk.list(this.#folder))
    let isYoung = false
    for (const purpose of ['out', 'new'] as const)
      for (const name of entries.filter((name) => name.startsWith(`.${this.#base}.${purpose}-`))) {
        const file = yield* this.#stat(join(this.#folder, name))
        if (!file?.regular) continue
        // A reserved file (`new`) with a second name is already the log: only its private name is removed.
        if (this.#isYoung(file) && (purpose === 'out' || file.nlink < 2)) isYoung = true
        else if (purpose === 'out') yield* this.#removeName(name)
        else yield* step(() => this.#disk.unlink(join(this.#folder, name)))
      }
    const names = yield* this.#list()
    if (yield* this.#dropSecondNames(names)) isYoung = true
    return (yield* this.#sweepClaims(names, now)) || isYoung
  }

  *#sweepClaims(names: readonly RotatedName[], now: number): Steps<boolean> {
    const current = yield* this.#stat(this.#path)
    if (!current || current.nlink < 2) return false
    const [claim] = yield* this.#findRotated(names, current, 1)
    if (!claim) return false
    if (!this.#claim || !isSameFile(this.#claim, current))
      this.#claim = { dev: current.dev, ino: current.ino, since: now }
    if (now - this.#claim.since < rotationTimeoutMs && this.#isYoung(current)) return true
    if (claim === names.at(-1)) yield* this.#withReserved((reserved) => this.#swap(current, reserved))
    else yield* this.#removeName(claim.name)
    return false
  }

  /**
   * Removes the older of two rotated names of one file, which two late writers may have given it. Returns true if a
   * name is too young to be removed: its writer may still be about to check it, and remove it itself.
   */
  *#dropSecondNames(names: readonly RotatedName[]): Steps<boolean> {
    const seen: NamedFile[] = []
    let isYoung = false
    for (const { name, isCompressed } of names.toReversed()) {
      const file = isCompressed ? undefined : yield* this.#stat(join(this.#folder, name))
      if (!file || file.nlink < 2) continue
      if (!seen.some((other) => isSameFile(other, file))) seen.push(file)
      else if (this.#isYoung(file)) isYoung = true
      else yield* this.#removeName(name)
    }
    return isYoung
  }

  /** Reports whether `name` is the only rotated name of `file`, and the newest of all names. */
  *#isNewestNameOf(name: string, file: FileId): Steps<boolean> {
    const names = yield* this.#list()
    if (names.at(-1)?.name !== name) return false
    const linked = yield* this.#stat(join(this.#folder, name))
    if (!linked || !isSameFile(linked, file)) return false
    const current = yield* this.#stat(this.#path)
    if (current && isSameFile(current, file) && current.nlink === 2) return true // it has these two names, and no third one
    return (yield* this.#findRotated(names, file, 2)).length === 1
  }

  /** Removes a file that has a rotated name from the path, and puts the reserved file there. */
  *#swap(file: FileId, reserved: string): Steps<void> {
    const current = yield* this.#stat(this.#path)
    if (!current || !isSameFile(current, file)) return
    // The old name is removed before the new link is made, because tmpfs counts each name as an inode.
    if (yield* this.#removeName(this.#base)) yield* step(() => this.#disk.link(reserved, this.#path))
  }

  /** Removes a name. If the file has no other name, it gets one first. Returns false if the name does not exist. */
  *#removeName(name: string): Steps<boolean> {
    const out = this.#ownName('out') // a private name that no other process uses
    if (!(yield* step(() => this.#disk.rename(join(this.#folder, name), out)))) return false
    yield* this.#dispose(out)
    return true
  }

  /** Removes a private name. A file that has no other name gets one first. */
  *#dispose(out: string): Steps<void> {
    for (;;) {
      const file = yield* this.#stat(out)
      if (!file) return // another writer took it for that of a dead writer, and removed it
      const current = yield* this.#stat(this.#path)
      const names = yield* this.#list()
      if ((current && isSameFile(current, file)) || (yield* this.#findRotated(names, file, 1)).length > 0) {
        yield* step(() => this.#disk.unlink(out))
        return
      }
      const name = current ? this.#next(names) : this.#base
      yield* step(() => this.#disk.link(out, join(this.#folder, name)))
    }
  }

  /** Returns the rotated names of `file`, newest first. At most `maxCount`, because each name costs a system call. */
  *#findRotated(names: readonly RotatedName[], file: FileId, maxCount: number): Steps<RotatedName[]> {
    const found: RotatedName[] = []
    for (const rotated of names.toReversed()) {
      if (found.length === maxCount) break
      const at = rotated.isCompressed ? undefined : yield* this.#stat(join(this.#folder, rotated.name))
      if (at && isSameFile(at, file)) found.push(rotated)
    }
    return found
  }

  *#list(): Steps<RotatedName[]> {
    return rotatedNames(yield* step(() => this.#disk.list(this.#folder)), this.#base, [this.#style])
  }

  #stat(path: string): Steps<NamedFile | undefined> {
    return step(() => this.#disk.stat(path))
  }

  #isYoung(file: NamedFile): boolean {
    return this.#fileTime() - file.ctimeMs < rotationTimeoutMs
  }

  #ownName(purpose: 'new' | 'out'): string {
    return join(this.#folder, `.${this.#base}.${purpose}-${this.#token}-${this.#names++}`)
  }

  #next(names: readonly RotatedName[]): string {
    return nextName(this.#base, this.#style, names.at(-1), this.#wall())
  }
}
