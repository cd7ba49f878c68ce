/** The command line of ranklog as a library. */
export { main } from './main.ts'
