import t from 'tap'
import { cleanTexts, escapeHtml, escapeMarkdown } from './escape.ts'

t.test('HTML: characters with a meaning in HTML are escaped', async (t) => {
  t.equal(
    escapeHtml(`<img src=x onerror='a("b")'> & c`),
    '&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt; &amp; c',
  )
})

t.test('Markdown: characters with a meaning in Markdown are escaped, and others are not', async (t) => {
  for (const [text, expected] of [
    ['pino/file to one file', 'pino/file to one file'],
    ['a | b', 'a \\| b'],
    ['[x](javascript:y)', '\\[x\\](javascript:y)'],
    ['<b>', '\\<b\\>'],
    ['&amp;', '\\&amp;'],
    [
      'https://evil.example www.evil.example a@evil.example',
      'https:\\//evil.example www\\.evil.example a\\@evil.example',
    ],
    ['- a', '\\- a'],
    ['12. a', '12\\. a'],
    ['1.02 × slower', '1\\.02 × slower'],
    ['a - b, 1. c', 'a - b, 1. c'],
    ['`a` *b* _c_ ~d~ $e$ # f \\', '\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\$e\\$ \\# f \\\\'],
  ] as const)
    t.equal(escapeMarkdown(text), expected)
})

t.test('in a cleaned result, texts and names of fields are one line each and have no control characters', async (t) => {
  t.strictSame(cleanTexts({ 'a\n\nb': ['\u001b[2J', { c: '\u202ed\ud800', e: 1, f: null, g: '\ufffe' }] }), {
    'a b': ['\\x1b[2J', { c: '\\u202ed\\ud800', e: 1, f: null, g: '\ufffd' }],
  })
})
