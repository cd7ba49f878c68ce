import { basename } from 'node:path'
import type { NamedFile, RotationDisk } from './rotation-disk.ts'

/** A file. It may have several names. */
export interface ImaginaryFile {
  ino: number
  lines: string[]
  changed: number
  born: number
}

/** One folder in memory, with names, hard links and a clock that stands still until it is set. */
export class ImaginaryFolder implements RotationDisk {
  time = 0
  /** Called each time a name is looked up. */
  onStat: (name: string) => void = () => {}
  readonly names: Map<string, ImaginaryFile> = new Map()
  #inodes = 0

  list(): string[] {
    return [...this.names.keys()]
  }

  stat(path: string): NamedFile | undefined {
    this.onStat(basename(path))
    const file = this.names.get(basename(path))
    if (!file) return undefined
    const nlink = this.namesOf(file).length
    const { ino, lines, changed, born } = file
    return {
      dev: 1,
      ino,
      nlink,
      size: lines.length,
      regular: true,
      mtimeMs: changed,
      ctimeMs: changed,
      birthtimeMs: born,
    }
  }

  create(path: string): void {
    if (this.names.has(basename(path))) throw new Error(`${path} exists`)
    this.open(path)
  }

  probe(): number {
    return this.time
  }

  link(path: string, second: string): 'done' | 'taken' | 'gone' {
    const file = this.names.get(basename(path))
    if (!file) return 'gone'
    if (this.names.has(basename(second))) return 'taken'
    this.#name(file, second)
    return 'done'
  }

  /** Renames as rename(2) does: two names of one file both stay. */
  rename(path: string, to: string): boolean {
    const file = this.names.get(basename(path))
    if (!file) return false
    if (this.names.get(basename(to)) === file) return true
    this.#name(file, to)
    this.unlink(path)
    return true
  }

  unlink(path: string): void {
    this.names.delete(basename(path))
  }

  /** Opens a file for appending, and creates it if there is none. */
  open(path: string): ImaginaryFile {
    const found = this.names.get(basename(path))
    if (found) return found
    const file = { ino: ++this.#inodes, lines: [], changed: this.time, born: this.time }
    this.#name(file, path)
    return file
  }

  append(file: ImaginaryFile, line: string): void {
    file.lines.push(line)
    file.changed = this.time
  }

  namesOf(file: ImaginaryFile): string[] {
    return [...this.names].filter(([, other]) => other === file).map(([name]) => name)
  }

  /** Compresses a file: a copy under `NAME.gz` replaces it. */
  compress(name: string): void {
    const file = this.names.get(name)
    if (!file) return
    this.open(`${name}.gz`).lines.push(...file.lines)
    this.unlink(name)
  }

  #name(file: ImaginaryFile, path: string): void {
    this.names.set(basename(path), file)
    file.changed = this.time
  }
}
