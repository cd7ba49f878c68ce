// `npm run kernel` compiles assembly/ into src/kernel/kernel-bytes.ts. With --check it fails if that file is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory', '--enable', 'simd']
const sources = ['kernel.ts', 'sort.ts', 'emit.ts', 'groups.ts']
const target = new URL('./src/kernel/kernel-bytes.ts', import.meta.url)

let binary
const { error, stderr } = await asc.main([...sources, '--outFile', 'kernel.wasm', ...flags], {
  readFile: (name) =>
    sources.includes(name) ? readFileSync(new URL(`./assembly/${name}`, import.meta.url), 'utf8') : null,
  writeFile: (_, bytes) => {
    binary = bytes
  },
})
if (error) throw new Error(`${error.message}\n${stderr}`)
const base64 = Buffer.from(binary).toString('base64')
const text = `/** assembly/, compiled: \`npm run kernel\` writes this. */
export const kernelBytes: string =
  // biome-ignore format: one piece
  '${base64}'
`
if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text)
  throw new Error('src/kernel/kernel-bytes.ts does not match assembly/. Run npm run kernel')
