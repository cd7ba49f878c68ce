import t from 'tap'
import { hasLostPeer } from './closed-peer.ts'

/** The last lines of programs that lost a peer. */
const lost = {
  'Node, a socket':
    "Error: read ECONNRESET\n    at TCP.onStreamRead {\n  errno: -104,\n  code: 'ECONNRESET'\n}\n\nNode.js v20.20.2",
  'Node, a write': 'Error: write EPIPE',
  'Node, HTTP': 'Error: socket hang up',
  Python: 'ConnectionResetError: [Errno 104] Connection reset by peer',
  'Python, a pipe': 'BrokenPipeError: [Errno 32] Broken pipe',
  gloo: 'RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:24512',
  NCCL: 'ncclRemoteError: A call failed possibly due to a network error or a remote process exited prematurely.',
  'our Trainer': 'NeighbourLost: rank 1 has gone',
}
const own = {
  'its own error': "ValueError: expected a digit, received 'x'",
  'out of memory': 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  'an address in use': 'Error: listen EADDRINUSE: address already in use 127.0.0.1:29500',
  'peers that are well': 'rank 3: all peers connected, 12 MB/s',
  nothing: '',
}

t.test('a rank that lost a peer is recognised by its last lines', async (t) => {
  for (const [name, text] of Object.entries(lost)) t.ok(hasLostPeer(undefined, text.split('\n')), name)
  for (const [name, text] of Object.entries(own)) t.notOk(hasLostPeer(undefined, text.split('\n')), name)
})

t.test('if the rank reported an error, its last lines do not count; nor do lines long before its end', async (t) => {
  t.notOk(hasLostPeer({ message: 'RangeError: digit 12' }, ['Error: read ECONNRESET']))
  t.ok(hasLostPeer({ message: 'Error: read ECONNRESET' }, []))
  t.notOk(hasLostPeer(undefined, ['connection reset by peer, tries again', ...Array(12).fill('step')]))
})
