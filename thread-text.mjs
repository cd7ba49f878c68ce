// Makes a thread's code a text in a module. A bundler takes that module along, because it sees the import; the thread's own file it
// leaves behind, or copies without the files that it imports.
import { transform } from 'esbuild'

/**
 * Puts the code of a thread into the module that has it as text.
 *
 * @param threads pairs of absolute paths: the module, and the thread
 * @param bundledThread returns the code of a thread with all that it imports
 */
export function threadTexts(threads, bundledThread) {
  const sources = new Map(threads)
  return {
    name: 'thread-texts',
    setup({ onLoad }) {
      onLoad({ filter: /-source\.ts$/ }, async ({ path }) => {
        const source = sources.get(path)
        if (!source) return undefined
        return {
          contents: `export const code = ${JSON.stringify(await scriptOf(source, bundledThread))}`,
          loader: 'js',
        }
      })
    },
  }
}

/** Returns the code as a script that runs as CommonJS and as an ES module, because NODE_OPTIONS decide which one a text is. */
async function scriptOf(source, bundledThread) {
  const code = await bundledThread(source)
  const [statement] = /^(import|export) .*$|\bimport\(.*$|^await .*$/m.exec(code) ?? []
  if (statement) throw new Error(`${source}: not possible in the text of a thread: ${statement}`)
  return (await transform(code, { minify: true, format: 'iife', target: 'node20.19' })).code
}
