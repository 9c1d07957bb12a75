// Package ledger is the proof behind every receipt: one append-only Merkle
// log of salted commitments, and everything needed to check it without us.
//
// It writes and reads other people's formats, so that their tools can read
// our log and ours can read theirs:
//
//   - entries, tiles and their paths: c2sp.org/tlog-tiles
//   - the signed state of the log: c2sp.org/tlog-checkpoint
//   - signatures of independent witnesses: c2sp.org/tlog-cosignature
//   - how a witness is asked: c2sp.org/tlog-witness
//   - which witnesses suffice: c2sp.org/tlog-policy
//   - the offline proof in a receipt: c2sp.org/tlog-proof
//
// A leaf is a commitment over an ordered list of separately salted fields
// ([Entry]). The log publishes the 32 bytes only. Whoever holds the fields and
// their salts holds an opened leaf; single fields can be opened later
// ([Opening]); and when salts are destroyed, the leaf stays and says nothing.
//
// A [Receipt] is an opened leaf with its proof. [Verifier] checks it against
// keys and a policy that come from outside the receipt. Every byte of a
// receipt is bound: whichever is changed, it no longer holds.
//
// The package is pure: no files, network, clock or randomness of its own.
package ledger
