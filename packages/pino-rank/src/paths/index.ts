/** Path templates: placeholders such as `{rank}`, and the file that belongs to one rank. */
export { expandPath, hasPlaceholder, type PathContext } from './expand-path.ts'
export { checkOwnPlace, type OwnPlace } from './own-place.ts'
export { rankSuffix } from './rank-suffix.ts'
