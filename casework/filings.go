package casework

import "aiqyn/store"

// recentFilings remembers the cases opened last, so that what a filing has
// read from the disk can be brought up to date without another query.
type recentFilings struct{ ring []*record }

// ringSize bounds the memory; a filing prepared before that many others is
// prepared again.
const ringSize = 8192

func (f *recentFilings) add(r *record) {
	if len(f.ring) == ringSize {
		f.ring = append(f.ring[:0], f.ring[ringSize/4:]...)
	}
	f.ring = append(f.ring, r)
}

func (f *recentFilings) removeLast() { f.ring = f.ring[:len(f.ring)-1] }

// covers reports whether every case after number no that could be missing on
// disk is in the ring.
func (f *recentFilings) covers(no int64) bool {
	return len(f.ring) == 0 || f.ring[0].state.No <= no+1
}

// since lists the cases after number no.
func (f *recentFilings) since(no int64) []*record {
	for i, r := range f.ring {
		if r.state.No > no {
			return f.ring[i:]
		}
	}
	return nil
}

func storeCommand(t *turn) store.Command {
	return store.Command{ID: t.command, First: t.result.First, Last: t.result.Last}
}
