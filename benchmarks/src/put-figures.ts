import { readFileSync, writeFileSync } from 'node:fs'

const opening = '<!-- figures: written by `npm run bench -- --pages` -->'
const closing = '<!-- /figures -->'

/** Replaces the text between the two markers of a README by new figures. @throws {Error} if a marker is missing */
export function putFigures(file: string, figures: string): void {
  const text = readFileSync(file, 'utf8')
  const start = text.indexOf(opening)
  const end = text.indexOf(closing, start)
  if (start === -1 || end === -1)
    throw new Error(`${file}: the marker ${start === -1 ? opening : closing} is missing; add it`)
  writeFileSync(file, `${text.slice(0, start + opening.length)}\n\n${figures}\n${text.slice(end)}`)
}
