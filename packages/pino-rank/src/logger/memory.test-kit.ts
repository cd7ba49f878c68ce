import { EventEmitter } from 'node:events'

/** A destination that collects the lines that are written to it. */
export class Memory extends EventEmitter {
  readonly lines: string[] = []

  write(line: string): void {
    this.lines.push(line)
  }

  get records(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line))
  }

  get messages(): unknown[] {
    return this.records.map(({ msg }) => msg)
  }
}
