/** Returns a text that no other call in any process returns, for names of temporary files. */
export function uniqueToken(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto') // loaded on demand: most ranks never rotate
  return `${process.pid}-${randomBytes(4).toString('hex')}`
}
