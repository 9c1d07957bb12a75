package casework

import (
	"encoding/binary"
	"fmt"

	"aiqyn"
)

// recentFilings remembers the cases opened last, so that what a filing has
// read from the disk can be brought up to date without another query.
type recentFilings struct {
	limit    int   // how many are remembered at most
	floor    int64 // every case after this number is remembered
	ring     []*record
	byRef    map[aiqyn.Reference]*record
	byObject map[string][]*record
}

// ringSize bounds the memory; a filing prepared before that many others is
// prepared again.
const ringSize = 2048

func newRecentFilings(floor int64, limit int) *recentFilings {
	return &recentFilings{limit: limit, floor: floor, byRef: make(map[aiqyn.Reference]*record), byObject: make(map[string][]*record)}
}

func (f *recentFilings) add(r *record) {
	if len(f.ring) == f.limit {
		f.forgetOldest(f.limit / 4)
	}
	f.ring = append(f.ring, r)
	f.byRef[r.state.Ref] = r
	key := string(r.row.Object)
	f.byObject[key] = append(f.byObject[key], r)
}

// forgetOldest drops the oldest n. Those about one object are in order too.
func (f *recentFilings) forgetOldest(n int) {
	for _, r := range f.ring[:n] {
		delete(f.byRef, r.state.Ref)
		key := string(r.row.Object)
		if rest := f.byObject[key][1:]; len(rest) > 0 {
			f.byObject[key] = rest
		} else {
			delete(f.byObject, key)
		}
	}
	f.floor = f.ring[n-1].state.No
	f.ring = append(f.ring[:0], f.ring[n:]...)
}

func (f *recentFilings) removeLast() {
	r := f.ring[len(f.ring)-1]
	f.ring = f.ring[:len(f.ring)-1]
	delete(f.byRef, r.state.Ref)
	key := string(r.row.Object)
	f.byObject[key] = f.byObject[key][:len(f.byObject[key])-1]
}

// covers reports whether every case after number no that could be missing on
// disk is remembered.
func (f *recentFilings) covers(no int64) bool {
	return no >= f.floor
}

// about lists the cases after number no about one object.
func (f *recentFilings) about(object []byte, no int64) []*record {
	list := f.byObject[string(object)]
	for i, r := range list {
		if r.state.No > no {
			return list[i:]
		}
	}
	return nil
}

// referenceLetters leaves out what is misread: no I, L, O, U, 0 or 1.
const referenceLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// reference makes a reference of 49 bits that nobody can guess without the
// key, and that the same applicant's same command makes again.
func (k *keyring) reference(person aiqyn.PersonID, id aiqyn.CommandID, attempt int) aiqyn.Reference {
	n := binary.BigEndian.Uint64(k.hash("reference", fmt.Sprintf("%s\x00%s\x00%d", person, id, attempt)))
	var b [10]byte
	for i := range b {
		b[i] = referenceLetters[n%uint64(len(referenceLetters))]
		n /= uint64(len(referenceLetters))
	}
	return aiqyn.Reference("AQ-" + string(b[:5]) + "-" + string(b[5:]))
}

// lastAbout is the newest earlier case about the object, as it stands now.
func (f *file) lastAbout(t *turn, recent []*record) *State {
	last := f.kept
	if len(recent) > 0 && (f.svc.Object != "" || f.svc.Queue != nil) {
		last = recent[len(recent)-1]
	}
	if last == nil {
		return nil
	}
	if latest := t.s.cases.get(last.row.No); latest != nil {
		last = latest // it may have been drawn since, or erased
	}
	if last.key == nil {
		return nil
	}
	return last.state
}
