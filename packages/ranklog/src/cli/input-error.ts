/** What a user can mend: shown in one line, with what to do; the exit code is 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}
