/** An error that the user can fix. It is shown in one line, with the fix, and the exit code is 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}
