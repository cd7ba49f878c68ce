/**
 * The code of collector-thread.ts as text, for bundles. `bundle.mjs` puts it here: see `bundle.threads` of the
 * package.json.
 */
export const code: string = ''
