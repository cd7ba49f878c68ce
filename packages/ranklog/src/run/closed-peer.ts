/** What Node, libc, Python, gloo, NCCL, Open MPI and our Trainer say where the other end of a connection has gone. */
const peerLoss =
  /\b(ECONNRESET|ECONNABORTED|EPIPE)\b|\b(connection|socket|peer|remote( end| process| host)?) (was |has |is )?(been )?(reset|closed|aborted|hung up|exited|disconnected)\b|\b(closed|reset) by (the )?(remote )?peer\b|\bbroken pipe\b|\bsocket hang up\b|\bNeighbourLost\b/i

/** How many of a rank's last lines are searched for the reason of its end. Node prints the error some lines before the last. */
const maxLines = 12

/**
 * Reports whether a rank failed only because another one was gone: by the error that it reported, or else by its last lines.
 *
 * @param lines its last, the oldest first
 */
export function hasLostPeer(error: { message: string } | undefined, lines: readonly string[]): boolean {
  return peerLoss.test(error?.message ?? lines.slice(-maxLines).join('\n'))
}
