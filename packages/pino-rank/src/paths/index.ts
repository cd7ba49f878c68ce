/** Path templates: placeholders such as `{rank}`, and the file that belongs to one rank. */
export { expandPath, filePathOption, hasPlaceholder, type PathContext } from './expand-path.ts'
export { checkOwnPlace, type OwnPlace } from './own-place.ts'
export {
  type PathOptions,
  pathOption,
  type RunDirectoryContext,
  type RunDirectorySetting,
  runDirectoryOption,
} from './path-options.ts'
export { rankSuffix, splitExtension } from './rank-suffix.ts'
