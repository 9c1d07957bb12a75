//go:build race

package grid

// underRace: the race detector makes everything several times slower. What is
// long because it is many times the same is then done fewer times; without it,
// which make test does too, it is done in full.
const underRace = true
