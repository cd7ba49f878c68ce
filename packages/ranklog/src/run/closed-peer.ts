/** What Node, libc, Python, gloo, NCCL, Open MPI and our Trainer say where the other end of a connection has gone. */
const said =
  /\b(ECONNRESET|ECONNABORTED|EPIPE)\b|\b(connection|socket|peer|remote( end| process| host)?) (was |has |is )?(been )?(reset|closed|aborted|hung up|exited|disconnected)\b|\b(closed|reset) by (the )?(remote )?peer\b|\bbroken pipe\b|\bsocket hang up\b|\bNeighbourLost\b/i

/** How many of a rank's last lines may say why it ended: Node's tell the error some lines before the last. */
const lastWords = 12

/**
 * Did a rank fail only because another one was gone? By the error it told, or else by what it said last.
 *
 * @param lines its last, the oldest first
 */
export function lostPeer(error: { message: string } | undefined, lines: readonly string[]): boolean {
  return said.test(error?.message ?? lines.slice(-lastWords).join('\n'))
}
