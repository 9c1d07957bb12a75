// Package casework is the engine: commands in, events out. It takes commands
// from many callers at once, decides them one by one in log order, and writes
// each batch, with its projections, its tree hashes and a signed checkpoint,
// as one transaction. Nothing is acknowledged before it is on disk and in the
// tree. DESIGN.md, "Life of a case", says what must never be false here.
package casework
