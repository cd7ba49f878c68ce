// The package's `exports` hide its types from `import`. These are the types of the functions that we use.
declare module '@resvg/resvg-wasm' {
  export function initWasm(program: Uint8Array): Promise<void>

  export class Resvg {
    constructor(
      svg: string,
      options: {
        fitTo: { mode: 'zoom'; value: number }
        font: { fontBuffers: Uint8Array[]; defaultFontFamily: string; sansSerifFamily: string }
      },
    )
    render(): { asPng(): Uint8Array; free(): void }
    free(): void
  }
}
