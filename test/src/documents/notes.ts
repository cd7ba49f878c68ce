/**
 * How to run the blocks of the documents, and their expected output. A block without a note must end with exit code 0. A
 * program must also write nothing to stderr.
 */
import { guides } from './notes/guides.ts'
import { otherPages } from './notes/other-pages.ts'
import { readmes } from './notes/readmes.ts'
import type { PageNotes } from './plan.ts'

/** The notes of each page, by its path in the repository. */
export const notes: ReadonlyMap<string, PageNotes> = new Map(Object.entries({ ...readmes, ...guides, ...otherPages }))
