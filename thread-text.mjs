// An esbuild plugin that puts the code of a worker thread into a module, as a string. The bundler of an app includes that
// module because it is imported. It would leave out a separate file of the thread, or copy it without its imports.
import { transform } from 'esbuild'

/**
 * Returns the plugin.
 *
 * @param threads pairs of absolute paths: the module that gets the code, and the thread
 * @param bundledThread returns the code of a thread with all its imports
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

/** Returns the code as a script that runs as CommonJS and as an ES module: NODE_OPTIONS decide how Node runs a string. */
async function scriptOf(source, bundledThread) {
  const code = await bundledThread(source)
  const [statement] = /^(import|export) .*$|\bimport\(.*$|^await .*$/m.exec(code) ?? []
  if (statement) throw new Error(`${source}: not possible in the text of a thread: ${statement}`)
  return (await transform(code, { minify: true, format: 'iife', target: 'node20.19' })).code
}
