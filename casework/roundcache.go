package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"aiqyn/allocation"
)

// roundCacheBytes is how large the files of rounds are together that are kept run: a
// city's many, a nation's one. In memory they are about four times as large.
const roundCacheBytes = 96 << 20

// ranRound is a round as its file has it, run if it has its seed.
type ranRound struct {
	round  *allocation.Round
	leaves *allocation.Commitment
	result *allocation.Result // nil: it has no seed yet
	at     map[string]int     // applicants by their names in it
	size   int
}

// ranRounds keeps rounds that were read and run, by what their files are: everybody
// who looks at one asks for the same. The zero value is empty.
type ranRounds struct {
	mu    sync.Mutex
	of    map[string]*runningRound
	order []string // of those that are run, the one used last at the end
	bytes int
}

// runningRound is a round that somebody has begun to run.
type runningRound struct {
	once sync.Once
	ran  *ranRound
	err  error
}

// get returns the round of a file's hash. Whoever asks for one that is being run waits
// for it: it is run once, and others meanwhile.
func (c *ranRounds) get(hash string, file func() ([]byte, error)) (*ranRound, error) {
	c.mu.Lock()
	one := c.of[hash]
	if one == nil {
		one = new(runningRound)
		if c.of == nil {
			c.of = make(map[string]*runningRound)
		}
		c.of[hash] = one
	}
	c.mu.Unlock()
	one.once.Do(func() {
		data, err := file()
		if err == nil {
			one.ran, err = runAgain(data)
		}
		one.err = err
		c.settle(hash, one)
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.order, hash); i >= 0 {
		c.order = append(slices.Delete(c.order, i, i+1), hash)
	}
	return one.ran, one.err
}

// settle keeps a round that was run, and lets those go that were used longest ago; one
// that failed is run anew when it is asked for again.
func (c *ranRounds) settle(hash string, one *runningRound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if one.err != nil {
		delete(c.of, hash)
		return
	}
	c.bytes, c.order = c.bytes+one.ran.size, append(c.order, hash)
	for c.bytes > roundCacheBytes && len(c.order) > 1 {
		c.bytes -= c.of[c.order[0]].ran.size
		delete(c.of, c.order[0])
		c.order = c.order[1:]
	}
}

func runAgain(file []byte) (*ranRound, error) {
	r, err := allocation.Read(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	out := &ranRound{round: r, leaves: r.Commit(), size: len(file), at: make(map[string]int, len(r.Applicants))}
	for i, a := range r.Applicants {
		out.at[a.ID] = i
	}
	if r.Seed.Value != [32]byte{} {
		out.result, err = r.Run()
	}
	return out, err
}

// ran is a round as it stands in its file, run.
func (e *Engine) ran(ctx context.Context, v RoundView) (*ranRound, error) {
	hash := v.File
	if hash == "" {
		hash = v.Inputs
	}
	return e.ranRounds.get(hash, func() ([]byte, error) {
		file, _, err := e.RoundFile(ctx, v)
		return file, err
	})
}

// matchOf is who got what by the result that was published, not by running the round
// again: as [allocation.Result.Match] has it.
func (r *ranRound) matchOf(result []byte) ([]int32, error) {
	given, err := givenIn(result)
	if err != nil {
		return nil, err
	}
	places := make(map[string]int32, len(r.round.Institutions))
	for h, in := range r.round.Institutions {
		places[in.ID] = int32(h)
	}
	match := make([]int32, len(r.round.Applicants))
	for i, a := range r.round.Applicants {
		h, ok := places[given[a.ID]]
		if match[i] = h; !ok {
			match[i] = -1
		}
	}
	return match, nil
}

// givenIn reads whom a result gives what, by their names in the round.
func givenIn(result []byte) (map[string]string, error) {
	var said struct {
		Result [][2]*string `json:"result"`
	}
	if err := json.Unmarshal(result, &said); err != nil {
		return nil, err
	}
	given := make(map[string]string, len(said.Result))
	for i, line := range said.Result {
		switch {
		case line[0] == nil:
			return nil, fmt.Errorf("line %d has no name", i+1)
		case line[1] != nil:
			given[*line[0]] = *line[1]
		}
	}
	return given, nil
}
