package casework

import (
	"sync"

	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/rule"
)

// question is what a search for connection points asks, the state of the share
// apart: millimetres and watts.
type question struct {
	version    int // of the computation; sourcesAsked: how many sources there are
	x, y, watt int64
	levels     uint64 // of the table of costs that connect anything, by bit
	agreed     string // the substation whose owner has agreed
	limits     grid.Limits
}

// searched is what came of it, on which state of which trees, and what is read of it
// more than once: nobody changes it.
type searched struct {
	in, out []byte
	stamp   Stamp
	value   any // out, as rules read it
	ground  func() (grid.Ground, error)
	found   func() (pointsFound, error)
}

// newSearched decodes what a search says for rules, and the rest when it is first asked
// for.
func newSearched(in, out []byte, stamp Stamp) (*searched, error) {
	value, err := rule.NormaliseJSON(out)
	if err != nil {
		return nil, err
	}
	return searchedAs(in, out, stamp, value), nil
}

// searchedAs is newSearched where what it says is decoded already.
func searchedAs(in, out []byte, stamp Stamp, value any) *searched {
	return &searched{
		in, out, stamp, value,
		sync.OnceValues(func() (grid.Ground, error) { return grid.ReadGround(in) }),
		sync.OnceValues(func() (found pointsFound, err error) {
			err = canonical.Unmarshal(out, &found)
			return found, err
		}),
	}
}

// maxAnswers bounds the memory: an answer takes some ten kilobytes.
const maxAnswers = 512

// answers remembers the last searches. A case is looked at, decided and, with
// the hearing, decided again on the same question; as long as nothing was
// granted on the trees that were searched, the answer is the same to the byte.
type answers struct {
	mu    sync.Mutex
	known map[question]*searched
	order []question // oldest first
}

func (a *answers) find(q question) (*searched, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	was, ok := a.known[q]
	return was, ok
}

func (a *answers) keep(q question, what *searched) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = make(map[question]*searched)
	}
	if _, ok := a.known[q]; !ok {
		if len(a.order) == maxAnswers {
			delete(a.known, a.order[0])
			a.order = a.order[1:]
		}
		a.order = append(a.order, q)
	}
	a.known[q] = what
}
