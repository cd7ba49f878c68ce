import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Colors, colors, drawPicture } from './draw-picture.ts'
import type { Run } from './excerpt.ts'

const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url))

/** The file of the tracked run, from which the pictures of the root README are drawn. */
export const runFile: string = `${folder}four-ranks.json`

/** Returns the pictures of a run, with their files. */
export function picturesOf(run: Run): { file: string; svg: string; colors: Colors }[] {
  return (['light', 'dark'] as const).map((theme) => ({
    file: `${folder}four-ranks-${theme}.svg`,
    svg: drawPicture(run, colors[theme]),
    colors: colors[theme],
  }))
}

export function loadRun(): Run {
  return JSON.parse(readFileSync(runFile, 'utf8'))
}

/** Writes the pictures of the tracked run. @returns the paths of the written files */
export function writePictures(): string[] {
  const pictures = picturesOf(loadRun())
  for (const { file, svg } of pictures) writeFileSync(file, svg)
  return pictures.map(({ file }) => file)
}
