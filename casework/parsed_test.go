package casework

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"aiqyn/service"
)

// parsed are the packs that the tests have in common, by the hash of their files.
var parsed sync.Map

// parseOnce parses files that were seen before no more: a pack that is whole is
// only read, and hundreds of engines start with the same one. One that leaves
// something to the pack in force is filled in by its engine, and its own.
func parseOnce(files []service.File) (*service.Pack, error) {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%d %d\n", len(f.Name), len(f.Data))
		h.Write([]byte(f.Name))
		h.Write(f.Data)
	}
	key := [sha256.Size]byte(h.Sum(nil))
	if pack, ok := parsed.Load(key); ok {
		return pack.(*service.Pack), nil
	}
	pack, err := service.ParsePack(files)
	if err != nil || !pack.IsWhole() {
		return pack, err
	}
	parsed.Store(key, pack)
	return pack, nil
}
