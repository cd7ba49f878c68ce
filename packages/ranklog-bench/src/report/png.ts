import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fontFiles } from './fonts.ts'
import { light, withColors } from './theme.ts'

let ready: Promise<void> | undefined

/** Pixels of the PNG for each pixel of the SVG, so that it is sharp on high-density screens. */
const zoom = 2

/** Returns an SVG as PNG, in light colours. Uses the packaged font and no fonts of the machine. */
export async function drawPng(svg: string): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  const program = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')
  ready ??= readFile(program).then((bytes) => initWasm(bytes))
  await ready
  const fontBuffers = (await fontFiles()).map(({ bytes }) => bytes)
  const image = new Resvg(withColors(svg, light), {
    fitTo: { mode: 'zoom', value: zoom },
    font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  })
  try {
    return image.render().asPng()
  } finally {
    image.free()
  }
}
