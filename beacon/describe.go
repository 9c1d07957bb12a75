package beacon

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aiqyn"
)

// pairDescription describes two bodies' hash chains:
//
//	{"bodies":[{"body":"audit","links":100000,"tip":"9f86…"},{…}],"genesis":"2026-12-01T00:00:00Z","period":"10m0s"}
type pairDescription struct {
	Bodies  []bodyDescription `json:"bodies"`
	Genesis time.Time         `json:"genesis"`
	Period  string            `json:"period"` // as in Go: "10m"
}

type bodyDescription struct {
	Body  aiqyn.BodyID `json:"body"`
	Links uint64       `json:"links"`
	Tip   string       `json:"tip"` // hex
}

// practiceDescription describes when the rounds of a practice source are due.
type practiceDescription struct {
	Practice struct {
		Genesis time.Time `json:"genesis"`
		Period  string    `json:"period"`
	} `json:"practice"`
}

func describe(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return data
}

func (s schedule) describe() []byte {
	var d practiceDescription
	d.Practice.Genesis, d.Practice.Period = s.genesis.UTC(), s.period.String()
	return describe(d)
}

// Parse reads what a source says of itself: drand's /info message, the commitments of
// two bodies, or the clock of a practice source, of which no round can be verified.
func Parse(data []byte) (Source, error) {
	switch {
	case bytes.Contains(data, []byte(`"bodies"`)):
		return parsePair(data)
	case bytes.Contains(data, []byte(`"practice"`)):
		return parsePractice(data)
	}
	return ParseChain(data)
}

func parsePair(data []byte) (Source, error) {
	var d pairDescription
	if err := decode(data, &d); err != nil {
		return nil, malformed("pair", err)
	}
	if len(d.Bodies) != 2 {
		return nil, malformed("pair", fmt.Errorf("%d bodies", len(d.Bodies)))
	}
	var c [2]Commitment
	for i, b := range d.Bodies {
		tip, err := hex.DecodeString(b.Tip)
		if err != nil || len(tip) != 32 {
			return nil, malformed("pair", fmt.Errorf("tip of %s: want 32 bytes in hex", b.Body))
		}
		c[i] = Commitment{Body: b.Body, Tip: [32]byte(tip), Links: b.Links}
	}
	period, err := time.ParseDuration(d.Period)
	if err != nil {
		return nil, malformed("pair", err)
	}
	p, err := NewPair(c[0], c[1], d.Genesis, period)
	if err != nil {
		return nil, malformed("pair", err)
	}
	return p, nil
}

func parsePractice(data []byte) (Source, error) {
	var d practiceDescription
	if err := decode(data, &d); err != nil {
		return nil, malformed("practice", err)
	}
	period, err := time.ParseDuration(d.Practice.Period)
	if err != nil || period <= 0 {
		return nil, malformed("practice", fmt.Errorf("period: %q", d.Practice.Period))
	}
	return practiceClock{schedule{d.Practice.Genesis, period}}, nil
}

// practiceClock is a practice source as strangers know it: when its rounds are due, and
// nothing that would prove one.
type practiceClock struct{ schedule }

func (practiceClock) Name() string          { return "practice" }
func (practiceClock) Protection() string    { return "beacon.practice" }
func (c practiceClock) Description() []byte { return c.describe() }

// Verify accepts nothing.
func (c practiceClock) Verify(r Round) error {
	return wrong(c.Name(), r.Number, errors.New("nothing proves a round of practice"))
}

// Proves reports whether rounds of a source can be verified by a stranger.
func Proves(s Source) bool { return s.Name() != (*Practice)(nil).Name() }
