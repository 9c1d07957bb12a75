package casework

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// setClock moves the clock, and nobody looks at the timers.
func (r *rig) setClock(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = t
}

func TestPoint05RulingsArePinned(t *testing.T) {
	r := newRig(t)
	first := r.toConditions(holder, plot, 150)
	r.must(Decide{ID: r.id(), Actor: r.officer(first), Ref: first, Step: "conditions", Grant: true})
	second := r.toConditions(holder, "99-999-002-001", 200)
	r.must(Decide{ID: r.id(), Actor: r.officer(second), Ref: second, Step: "conditions", Grant: true})
	r.must(File{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Service: "address.certificate", Lang: "kk",
		Answers: map[string]string{"use": "extract"}})
	r.checkSound()
	t.Run("every computation answers the same again, bit for bit, from what is published", func(t *testing.T) {
		published := func(hash string) (any, error) {
			data, err := r.db.Snapshot(t.Context(), hash)
			if err != nil || data == nil {
				return nil, fmt.Errorf("snapshot %s: %v", hash, err)
			}
			return ParseNetwork(data)
		}
		rulings := 0
		for _, ev := range r.entries() {
			d, ok := ev.data.(*ruled)
			if !ok {
				continue
			}
			rulings++
			for _, c := range d.Computed {
				out, err := testComputations[c.With].Run(c.In, published)
				if err != nil || !bytes.Equal(out, c.Out) {
					t.Errorf("entry %d, %s: %v\n%s\n%s", ev.index, c.With, err, out, c.Out)
				}
				changed := bytes.Replace(c.In, []byte(`"load_w":`), []byte(`"load_w":9`), 1)
				if !strings.HasPrefix(c.With, "grid.connection-points@") {
					continue // how many sources there are need not change with the load
				}
				if out, err := testComputations[c.With].Run(changed, published); err == nil && bytes.Equal(out, c.Out) {
					t.Errorf("%s answers the same whatever it is asked", c.With)
				}
			}
			if d.Pack != r.Pack().Hash() || d.Calendar == "" || d.Facts == "" {
				t.Errorf("entry %d names neither pack nor calendar nor facts: %+v", ev.index, d)
			}
		}
		if rulings != 3 {
			t.Errorf("%d rulings", rulings)
		}
	})
	t.Run("who changes a stored look-up is found, and the ruling named", func(t *testing.T) {
		ruling := int64(-1)
		for _, ev := range r.entries() {
			if d, ok := ev.data.(*ruled); ok && ev.no == 1 && len(d.Computed) > 0 {
				ruling = ev.index
			}
		}
		r.rewrite(1, EventLookedUp, func(data []byte) []byte {
			return bytes.Replace(data, []byte(`"person":"`+holder+`"`), []byte(`"person":"`+stranger+`"`), 1)
		})
		rep := r.audit()
		found := slices.ContainsFunc(rep.Problems, func(p Problem) bool {
			return p.Where == fmt.Sprintf("entry %d", ruling) && strings.Contains(p.What, "other facts")
		})
		if rep.OK || !found {
			t.Errorf("audit does not name ruling %d: %+v", ruling, rep)
		}
	})
}

// rewrite changes the stored private part of a case's first entry of a kind,
// as somebody could who holds both the database and the data key.
func (r *rig) rewrite(no int64, kind EventKind, change func([]byte) []byte) {
	r.t.Helper()
	rows, err := r.db.CasesByNo(r.t.Context(), []int64{no})
	if err != nil {
		r.t.Fatal(err)
	}
	key, err := r.keys.unwrap(rows[0].Key)
	if err != nil {
		r.t.Fatal(err)
	}
	for e, err := range r.db.EntriesByCase(r.t.Context(), no, no+1) {
		if err != nil {
			r.t.Fatal(err)
		}
		if e.Kind != string(kind) {
			continue
		}
		plain, err := open(key.gcm, e.Sealed, place(no, e.Seq))
		if err != nil {
			r.t.Fatal(err)
		}
		r.raw(`UPDATE entry SET sealed = $1 WHERE idx = $2`, seal(key.gcm, change(plain), place(no, e.Seq)), e.Index)
		return
	}
	r.t.Fatalf("case %d has no entry %s", no, kind)
}
