import { ShortWriter } from './short-writer.test-kit.ts'

/** A disk that records its syncs. */
export class SyncedDisk extends ShortWriter {
  /** The text of the disk at each sync. */
  readonly synced: string[] = []
  /** The calls: `now` is a sync on this thread, `soon` is one on another thread. */
  readonly calls: string[] = []

  override sync(_: number, soon?: (error: Error | null) => void): void {
    this.synced.push(this.text)
    this.calls.push(soon ? 'soon' : 'now')
    soon?.(null)
  }

  override syncFolder(): void {
    this.calls.push('folder')
  }
}
