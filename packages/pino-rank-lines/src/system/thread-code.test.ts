import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { ThreadCode } from './thread-code.ts'

const text = async () => ({ code: 'the code' })

t.test('a file next to the module is used as it is', async (t) => {
  const dir = t.testdir({ 'worker.js': '' })
  const url = (name: string) => pathToFileURL(join(dir, name)).href
  const code = new ThreadCode('./worker.js', url('index.js'), text)
  t.strictSame(code.get(), { source: new URL(url('worker.js')), eval: false })
  t.strictSame(await code.load(), code.get())
})

for (const [where, url] of [
  ['a CommonJS bundle', undefined],
  ['a bundle', import.meta.url],
  ['a bundle in a program file', 'bun:///root/app.js'],
  ['a bundle in a URL without folders', 'data:text/javascript,0'],
] as const) {
  t.test(`in ${where} the code comes as text, a turn of the event loop later`, async (t) => {
    const code = new ThreadCode('./missing.js', url, text)
    t.equal(code.get(), undefined)
    t.strictSame(await code.load(), { source: 'the code', eval: true })
    t.strictSame(code.get(), { source: 'the code', eval: true })
  })
}

t.test('if the text cannot be loaded either, the second call throws', async (t) => {
  const code = new ThreadCode('./missing.js', undefined, () => Promise.reject(new Error('no chunk')))
  t.equal(code.get(), undefined)
  await t.rejects(code.load(), /no chunk/)
  t.throws(() => code.get(), /no chunk/)
})
