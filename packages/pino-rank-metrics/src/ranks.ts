/** Which ranks a metric sink writes for, unless the target says otherwise: rank 0 alone; and it wants to know the exit code. */
export const metricRanks = { ranks: '0', others: 'silent', exit: true } as const
