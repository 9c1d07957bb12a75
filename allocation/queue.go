package allocation

import (
	"cmp"
	"slices"
)

// Waiting is somebody's place in a queue that lives: the class of priority, whether a
// brother or sister is there, points, the date, and a name that parts those who are
// alike.
type Waiting struct {
	Tier    uint8
	Sibling bool  // the first
	Points  int64 // the more the first
	Date    int64
	ID      uint64
}

func (w Waiting) compare(v Waiting) int {
	return cmp.Or(cmp.Compare(w.Tier, v.Tier), first(w.Sibling, v.Sibling), cmp.Compare(v.Points, w.Points), cmp.Compare(w.Date, v.Date), cmp.Compare(w.ID, v.ID))
}

// Queue is who waits, in order, and tells anybody's position without counting
// those before them one by one. The zero value is an empty queue.
type Queue struct {
	blocks [][]Waiting // each in order, and each before the next
	n      int
}

// blockSize is the most that a block holds; half of it after a split.
const blockSize = 1024

// Len is how many wait.
func (q *Queue) Len() int { return q.n }

// block returns where w is or would be.
func (q *Queue) block(w Waiting) int {
	b, found := slices.BinarySearchFunc(q.blocks, w, func(b []Waiting, w Waiting) int { return b[0].compare(w) })
	if !found {
		b--
	}
	return max(b, 0)
}

// Enter puts somebody in; false when they are in already.
func (q *Queue) Enter(w Waiting) bool {
	if len(q.blocks) == 0 {
		q.blocks, q.n = [][]Waiting{{w}}, 1
		return true
	}
	b := q.block(w)
	i, found := slices.BinarySearchFunc(q.blocks[b], w, Waiting.compare)
	if found {
		return false
	}
	q.blocks[b] = slices.Insert(q.blocks[b], i, w)
	q.n++
	if len(q.blocks[b]) > blockSize {
		half := len(q.blocks[b]) / 2
		q.blocks = slices.Insert(q.blocks, b+1, slices.Clone(q.blocks[b][half:]))
		q.blocks[b] = q.blocks[b][:half]
	}
	return true
}

// Leave takes somebody out; false when they are not in.
func (q *Queue) Leave(w Waiting) bool {
	if q.n == 0 {
		return false
	}
	b := q.block(w)
	i, found := slices.BinarySearchFunc(q.blocks[b], w, Waiting.compare)
	if !found {
		return false
	}
	if q.blocks[b] = slices.Delete(q.blocks[b], i, i+1); len(q.blocks[b]) == 0 {
		q.blocks = slices.Delete(q.blocks, b, b+1)
	}
	q.n--
	return true
}

// Before counts those who stand before a place, whether or not somebody has it.
func (q *Queue) Before(w Waiting) (n int) {
	if q.n == 0 {
		return 0
	}
	b := q.block(w)
	i, _ := slices.BinarySearchFunc(q.blocks[b], w, Waiting.compare)
	for _, before := range q.blocks[:b] {
		n += len(before)
	}
	return n + i
}

// Position is somebody's place, 1 the first; ok is false when they do not wait.
func (q *Queue) Position(w Waiting) (place int, ok bool) {
	if q.n == 0 {
		return 0, false
	}
	b := q.block(w)
	if _, found := slices.BinarySearchFunc(q.blocks[b], w, Waiting.compare); !found {
		return 0, false
	}
	return q.Before(w) + 1, true
}

// Precedes reports whether a place is before another.
func (w Waiting) Precedes(v Waiting) bool { return w.compare(v) < 0 }
