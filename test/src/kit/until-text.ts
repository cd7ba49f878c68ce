import type { Readable } from 'node:stream'

/** What a stream has said so far. */
export interface Text {
  text: string
  readonly stream: Readable
}

export function textOf(stream: Readable): Text {
  const said: Text = { text: '', stream }
  stream.setEncoding('utf8').on('data', (chunk) => {
    said.text += chunk
  })
  return said
}

/** Until it holds this. @throws where it ends without */
export async function untilText(said: Text, wanted: RegExp): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = () => wanted.test(said.text) && resolve()
    said.stream.on('data', look).on('close', () => {
      look()
      reject(new Error(`it never said ${wanted}: ${said.text}`))
    })
    look()
  })
}
