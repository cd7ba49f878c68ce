import { marked, type Tokens } from 'marked'

/** A code block of a Markdown page. */
export interface Block {
  /** The first word after the fence, `sh` for an indented block, and empty for a fence without a word. */
  language: string
  text: string
  /** The line number of its first line of text in the page. */
  line: number
}

/** Returns the code blocks of a Markdown page in order, also those in lists and quotes. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  let at = 0
  marked.walkTokens(marked.lexer(markdown), (token) => {
    if (token.type !== 'code') return
    const { text, lang = '', codeBlockStyle } = token as Tokens.Code
    const [first = ''] = text.split('\n')
    while (at < lines.length && !lines[at]?.endsWith(first)) at++
    blocks.push({ language: codeBlockStyle === 'indented' ? 'sh' : (lang.split(' ')[0] ?? ''), text, line: at + 1 })
    at += text.split('\n').length
  })
  return blocks
}
