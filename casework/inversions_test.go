package casework

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/deadline"
)

// TestInversionsHaveACause: who was given a place before somebody with an earlier date
// is listed with the cause, by pages, from the published files; the entry of the result
// counts the same, and the next process reads it.
func TestInversionsHaveACause(t *testing.T) {
	r := nursery(t, 2, 6)
	r.privileged(4)
	r.privileged(5)
	r.reports(1, 1)
	r.reports(2, 1)
	for i := range 6 {
		r.queueUp(i, 1+i%2)
		r.pass(time.Minute)
	}
	holdRound(r)
	read := func(limit int) (said []string) {
		for p := (Page{Limit: limit}); ; {
			list, err := r.Inversions(t.Context(), kindergarten, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range list.Items {
				said = append(said, fmt.Sprintf("%s %s %d %s", i.Group.ID, i.Cause, i.Count, i.Day))
			}
			if p.After = list.Next; p.After == "" {
				return said
			}
		}
	}
	day := day(r.clock(), r.Zone)
	want := []string{"kg-1/kk-2023 tier 2 " + day, "kg-2/kk-2023 tier 2 " + day, "kg-2/kk-2023 line-tier 2 " + day, "kg-1/kk-2023 line-tier 2 " + day}
	if got := read(100); !slices.Equal(got, want) || !slices.Equal(got, read(1)) {
		t.Errorf("%q, want %q, by pages %q", got, want, read(1))
	}
	if v := r.Inverted(kindergarten); v.Inverted != (allocation.Inverted{Tier: 4}) || v.Rounds != 1 || v.Uncounted != 0 {
		t.Errorf("counted %+v", v)
	}
	r.reopen()
	if v := r.Inverted(kindergarten); v.Tier != 4 || !slices.Equal(read(100), want) {
		t.Errorf("after a restart %+v, %q", v, read(100))
	}
	r.sound()
	if _, err := r.Inversions(t.Context(), kindergarten, Page{After: "x"}); err == nil {
		t.Error("a page that is none")
	}
}

// TestAnInversionThatWasBought plays an operator who publishes another result: the list
// shows that somebody was passed over for no reason, and the audit names it.
func TestAnInversionThatWasBought(t *testing.T) {
	r := nursery(t, 1, 3)
	r.reports(1, 1)
	for i := range 3 {
		r.queueUp(i, 1)
		r.pass(time.Minute)
	}
	if err := r.commitRounds(t.Context(), deadline.DateOf(r.clock())); err != nil {
		t.Fatal(err)
	}
	r.pass(RoundNotice + 10*time.Second)
	open := r.queues.unsettled(kindergarten)
	draw := &drawRound{apart: apart{cid: "draw", actor: aiqyn.System}, of: open}
	if err := draw.prepare(t.Context(), r.Engine); err != nil || draw.pending {
		t.Fatal(err, draw.pending)
	}
	draw.result = []byte(strings.NewReplacer(r.pseudonym(0), r.pseudonym(2), r.pseudonym(2), r.pseudonym(0)).Replace(string(draw.result)))
	ran, err := runAgain(draw.file)
	if err != nil {
		t.Fatal(err)
	}
	match, err := ran.matchOf(draw.result)
	if err != nil {
		t.Fatal(err)
	}
	inverted := ran.round.Inverted(match)
	draw.drawn.Result, draw.drawn.Inverted = hexSum(draw.result), &inverted
	if _, err := r.send(t.Context(), draw); err != nil {
		t.Fatal(err)
	}
	list, err := r.Inversions(t.Context(), kindergarten, Page{})
	if err != nil || len(list.Items) != 1 || !list.Items[0].Unexplained() || list.Items[0].Count != 2 || list.Items[0].First != r.pseudonym(0) || r.Inverted(kindergarten).Unexplained != 2 {
		t.Errorf("what was bought shows as %+v, %v", list.Items, err)
	}
	r.auditFinds("does not follow from the inputs")
	r.auditFinds("counts other people")
}

// pseudonym is the name of a child in the first round.
func (r *rig) pseudonym(i int) string {
	object := r.keys.hash("object", string(kindergarten)+"\x00person:"+string(childOf(i)))
	return allocation.Pseudonym(r.keys.secretOf(string(object)), r.queues.of[kindergarten].rounds[0].committed.Name)
}

// TestRoundsAreRunOnce: a page that explains a round reads and runs its file once, and
// of many rounds only so much is kept.
func TestRoundsAreRunOnce(t *testing.T) {
	file := (&allocation.Round{Name: "r", Rules: allocation.Rules{Kind: allocation.Serial, Order: []string{allocation.ByDate, allocation.ByLottery}}, Institutions: []allocation.Institution{{ID: "a", Seats: 1}},
		Applicants: []allocation.Applicant{{ID: strings.Repeat("0", 32), List: []int32{0}, Holds: -1}}}).Encode()
	var c ranRounds
	reads := 0
	get := func(name string) {
		t.Helper()
		if _, err := c.get(name, func() ([]byte, error) { reads++; return file, nil }); err != nil {
			t.Fatal(err)
		}
	}
	get("a")
	get("a")
	get("b")
	if reads != 2 || len(c.of) != 2 {
		t.Errorf("read %d times, %d are kept", reads, len(c.of))
	}
	var all sync.WaitGroup
	var once atomic.Int64
	for range 8 {
		all.Go(func() {
			if r, err := c.get("many", func() ([]byte, error) { once.Add(1); return file, nil }); err != nil || r.result != nil {
				t.Error(r, err)
			}
		})
	}
	all.Wait()
	if once.Load() != 1 {
		t.Errorf("eight who ask at once read it %d times", once.Load())
	}
	if _, err := c.get("x", func() ([]byte, error) { return []byte("{"), nil }); err == nil || c.of["x"] != nil {
		t.Error("what is no round is kept")
	}
	c.of["b"].ran.size, c.bytes = roundCacheBytes, c.bytes+roundCacheBytes-len(file)
	get("a") // used last
	get("c")
	if _, kept := c.of["b"]; kept || c.of["a"] == nil || c.of["c"] == nil || c.bytes != len(c.of)*len(file) {
		t.Errorf("%d are kept, %d bytes", len(c.of), c.bytes)
	}
}
