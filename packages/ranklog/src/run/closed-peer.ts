/** Messages of Node, libc, Python, gloo, NCCL, Open MPI and our Trainer when the other end of a connection is gone. */
const peerLoss =
  /\b(ECONNRESET|ECONNABORTED|EPIPE)\b|\b(connection|socket|peer|remote( end| process| host)?) (was |has |is )?(been )?(reset|closed|aborted|hung up|exited|disconnected)\b|\b(closed|reset) by (the )?(remote )?peer\b|\bbroken pipe\b|\bsocket hang up\b|\bNeighbourLost\b/i

/** Number of a rank's last lines that are searched. Node prints the error some lines before the last. */
const maxLines = 12

/**
 * Reports whether a rank failed only because another rank was gone, from the error that it reported, otherwise from its last
 * lines.
 *
 * @param lines the last lines of the rank, oldest first
 */
export function hasLostPeer(error: { message: string } | undefined, lines: readonly string[]): boolean {
  return peerLoss.test(error?.message ?? lines.slice(-maxLines).join('\n'))
}
