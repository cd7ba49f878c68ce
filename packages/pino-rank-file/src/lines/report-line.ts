export { reportLine } from 'pino-rank/sink'
