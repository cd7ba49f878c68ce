import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

export interface FontFile {
  weight: number
  /** WOFF2. */
  bytes: Uint8Array
}

/** Reads the font Inter (SIL Open Font License) in the weights that the report uses. It has Latin letters only. */
export async function fontFiles(): Promise<FontFile[]> {
  const { resolve } = createRequire(import.meta.url)
  const read = (weight: number) => readFile(resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`))
  return Promise.all([400, 600].map(async (weight) => ({ weight, bytes: await read(weight) })))
}
