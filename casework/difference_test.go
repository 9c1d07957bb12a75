package casework

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// booked is what the engine has reserved now, by bus and by the transformer above.
func (r *rig) booked() (byBus map[int64]int64, byTrafo map[int]int64) {
	c := r.Capacity
	byBus, byTrafo = make(map[int64]int64), make(map[int]int64)
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, held := range c.held {
		byBus[held.Place] += held.Amount
		trafo, _ := c.Model.Above(int(held.Place))
		byTrafo[trafo] += held.Amount
	}
	return byBus, byTrafo
}

// publishedAll are the files of a kind, as anybody reads them.
func (r *rig) publishedAll(folder string) (list [][]byte) {
	r.t.Helper()
	files, err := r.PublishedFiles(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Path, folder+"/") {
			data, err := r.Published(r.t.Context(), f.Path)
			if err != nil {
				r.t.Fatal(err)
			}
			list = append(list, data)
		}
	}
	return list
}

// TestTheStateAtEveryPosition: power is granted, withdrawn, annulled, lapses, is
// connected and becomes part of the load; each day's difference says so with its
// cause. From published files a stranger knows what was reserved below each
// transformer at every position of the log, an auditor with the keys at every bus,
// and both come to what the engine had.
func TestTheStateAtEveryPosition(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	type books struct {
		bus   map[int64]int64
		trafo map[int]int64
	}
	had := make(map[int64]books)
	note := func() {
		bus, trafo := r.booked()
		had[r.size()] = books{bus, trafo}
	}
	publish := func() { r.pass(time.Minute); note(); r.publishPower(); note() }
	why := func() (said []string) {
		_, pub, err := r.Transformer(t.Context(), aiqyn.Actor{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		days, err := r.CapacityHistory(t.Context(), aiqyn.Actor{}, 1, Page{Limit: 1})
		if err != nil || days.Items[0].Hash != pub.Hash || days.Items[0].Change == nil {
			t.Fatalf("%+v, %v", days, err)
		}
		return days.Items[0].Change.Why
	}
	want := func(causes ...string) {
		t.Helper()
		if got := why(); !slices.Equal(got, causes) {
			t.Errorf("it changed because of %q, want %q", got, causes)
		}
	}

	r.measure(r.daily("M-1", 40, 100))
	publish()
	first := r.size()
	gone := r.conditions(holder, plot, 20)
	note()
	publish()
	want(CauseGranted)
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: gone})
	note()
	wrong := r.conditions(holder, "99-999-002-001", 30)
	note()
	publish()
	want(CauseGranted, CauseWithdrawn)
	r.must(Annul{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Ref: wrong, Ground: "Құқық жоқ"})
	note()
	lit := r.conditions(holder, "99-999-002-002", 50)
	note()
	r.toLight(holder, lit)
	note()
	idle := r.conditions(holder, "99-999-002-003", 40)
	note()
	publish()
	want(CauseAnnulled, CauseConnected, CauseGranted)

	from := r.lastPublication(t)
	r.skip(366 * 24 * time.Hour)
	r.reopen() // and what was not used lapses
	note()
	r.measure(r.daily("M-1", 310, 140))
	publish()
	want(CauseExpired, CauseMeasured, CauseSettled)
	if v := r.view(idle); v.Outcome != aiqyn.Lapsed {
		t.Errorf("what nobody used is %s", v.Outcome)
	}
	note()
	publish()
	until := r.size() - 1

	differences := r.publishedAll("differences")
	read := func(hash string) ([]byte, error) { return r.Published(t.Context(), "capacity/"+hash+".json") }
	strangers := 0
	entries, folded := r.entries(), r.heldAt()
	for position := range folded {
		if was, ok := had[int64(position)]; ok && !maps.Equal(folded[position], was.bus) {
			t.Errorf("at %d the entries give %v, the engine had %v", position, folded[position], was.bus)
		}
		r.reservedAt(int64(position), folded[position])
		state, err := StateAt(int64(position), differences, read)
		if int64(position) < first && err == nil {
			t.Errorf("at %d nothing was published, and it is %+v", position, state)
		}
		if known := int64(position) >= first && int64(position) <= until; known != (err == nil) {
			t.Errorf("at %d a stranger knows it: %v", position, err)
		}
		if err != nil {
			continue
		}
		strangers++
		byTrafo, books := int64(0), folded[position]
		if _, settles := entries[position-1].data.(*loadsSettled); settles {
			books = folded[position-1] // it comes off with the publication written beside it, which has it as load
		}
		for bus, watt := range books {
			if trafo, _ := r.Capacity.Model.Above(int(bus)); trafo == 1 {
				byTrafo += watt
			}
		}
		if got := state.Trafos[0].ReservedW; got != byTrafo {
			t.Errorf("at %d a stranger comes to %d W reserved, the entries to %d W", position, got, byTrafo)
		}
	}
	if strangers < 70 {
		t.Errorf("a stranger knows %d positions of %d", strangers, len(folded))
	}
	if _, err := StateAt(first+3, nil, read); keyOf(err) != "error.no-state" {
		t.Errorf("without differences: %v", err)
	}
	another := func(string) ([]byte, error) { return []byte(`{"base":""}`), nil }
	if _, err := StateAt(first+3, differences, another); keyOf(err) != "error.published-file" {
		t.Errorf("from another publication than the one named: %v", err)
	}

	r.wholeDay(t)
	now, err := r.PublicationOfDay(t.Context(), r.lastPublication(t).Day)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := r.CapacityChanges(t.Context(), aiqyn.Actor{}, from, now, Page{})
	if err != nil || len(changes.Items) != 1 || !slices.Equal(changes.Items[0].Why, []string{CauseExpired, CauseMeasured, CauseSettled}) || changes.Items[0].Was.ReservedW != 90_000 || changes.Items[0].Is.ReservedW != 0 {
		t.Errorf("between two days: %+v, %v", changes, err)
	}
	r.wantClean()
	r.whole()
	r.forgedReserved()
	r.forgedDifferences()
}

// heldAt is what cases hold by bus at each position of the log, folded entry by entry: of
// a grant from its entry until the case gives it back, or it has become part of the load.
func (r *rig) heldAt() []map[int64]int64 {
	r.t.Helper()
	cases := make(map[int64]*State)
	settled := make(map[int64]bool)
	at := func() map[int64]int64 {
		sum := make(map[int64]int64)
		for no, s := range cases {
			if s.Grant != nil && s.Grant.Share != "" && s.Outcome == aiqyn.Granted && !settled[no] {
				sum[s.Grant.Place] += s.Grant.Amount
			}
		}
		return sum
	}
	list := []map[int64]int64{at()}
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*loadsSettled); ok {
			for _, one := range d.Settled {
				settled[one.Case] = true
			}
		}
		if ev.no != 0 {
			if cases[ev.no] == nil {
				cases[ev.no] = new(State)
			}
			cases[ev.no].apply(ev)
		}
		list = append(list, at())
	}
	return list
}

// reservedAt holds what an auditor makes of the log at a position against the books.
func (r *rig) reservedAt(position int64, want map[int64]int64) {
	r.t.Helper()
	list, err := ReservedAt(r.t.Context(), r.auditConfig(), position)
	if err != nil {
		r.t.Fatal(err)
	}
	got := make(map[int64]int64)
	for _, x := range list {
		got[x.Place] += x.Amount
	}
	if !maps.Equal(got, want) {
		r.t.Errorf("at %d an auditor comes to %v, the engine had %v", position, got, want)
	}
}

// forgedDifferences are found: one that leaves a move out, under a hash of its own.
func (r *rig) forgedDifferences() {
	r.t.Helper()
	db := r.beside()
	defer db.Close()
	res, err := db.Exec(`UPDATE capacity SET why = '' WHERE why <> ''`)
	if err != nil {
		r.t.Fatal(err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		r.t.Fatal("nothing has changed")
	}
	if mended := r.rebuild(); mended.Differed == 0 || len(mended.Problems) > 0 {
		r.t.Errorf("%+v", mended)
	}
	r.open()
	r.wantClean()
	if _, err := db.Exec(`UPDATE snapshot SET data = REPLACE(data, '"granted"', '"expired"') WHERE kind = 'capacity-difference'`); err == nil && r.audit().OK {
		r.t.Error("a difference that says something else is taken for what was published")
	}
}

// forgedReserved are found though whoever keeps the log writes them under hashes of
// their own: a difference that begins later than the publication before it and so
// leaves moves out, and a publication that has more reserved than was granted.
func (r *rig) forgedReserved() {
	r.t.Helper()
	a, err := newAuditor(r.t.Context(), r.auditConfig())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := together(r.t.Context(), a.tree, a.entries); err != nil {
		r.t.Fatal(err)
	}
	entries := slices.Sorted(maps.Keys(a.figures.publications))
	for i, entry := range entries[1:] {
		ev := a.figures.publications[entry]
		d := ev.data.(*capacityPublished)
		said, err := a.e.differenceOf(r.t.Context(), d)
		if err != nil {
			r.t.Fatal(err)
		}
		is, err := a.e.publicationBy(r.t.Context(), d)
		if err != nil {
			r.t.Fatal(err)
		}
		was, err := a.e.publicationAt(r.t.Context(), entries[i])
		if err != nil {
			r.t.Fatal(err)
		}
		m, err := a.e.model(is.Base)
		if err != nil {
			r.t.Fatal(err)
		}
		if !carries(was, is, said.Moves) || !addsUp(is, m) {
			r.t.Errorf("entry %d: what is reserved does not follow", entry)
		}
		if len(said.Moves) == 0 {
			continue
		}
		if carries(was, is, said.Moves[1:]) {
			r.t.Errorf("entry %d: a move that is left out changes nothing", entry)
		}
		said.From.Position = said.Position
		said.Moves = settledMoves(is.Settled)
		r.forge(a, ev, said)
	}
	last, err := a.e.publicationAt(r.t.Context(), entries[len(entries)-1])
	if err != nil {
		r.t.Fatal(err)
	}
	m, err := a.e.model(last.Base)
	if err != nil {
		r.t.Fatal(err)
	}
	last.Trafos[0].ReservedW += 1_000
	if addsUp(last, m) {
		r.t.Error("more is reserved than was granted, and it adds up")
	}
}

// forge holds that an audit does not take another difference for that of a publication.
func (r *rig) forge(a *auditor, ev *event, said *CapacityDifference) {
	r.t.Helper()
	if err := r.forgery(a, ev, said); err == nil {
		r.t.Errorf("entry %d: a difference that leaves out what has moved is taken for the one that was published", ev.index)
	}
}

// TestMovesOfACase: what a case holds moves as it is granted, changed and given back.
func TestMovesOfACase(t *testing.T) {
	ev := &event{index: 7, no: 3, kind: EventLapsed}
	for _, c := range []struct {
		was, is possession
		want    []move
	}{
		{possession{}, possession{}, nil},
		{possession{}, possession{2, 50, false}, []move{{CauseGranted, 7, 3, 2, 50, 0}}},
		{possession{2, 50, false}, possession{2, 50, true}, []move{{CauseConnected, 7, 3, 2, 0, 50}}},
		{possession{2, 50, false}, possession{2, 80, false}, []move{{CauseChanged, 7, 3, 2, 30, 0}}},
		{possession{2, 50, false}, possession{4, 80, false}, []move{{CauseChanged, 7, 3, 2, -50, 0}, {CauseChanged, 7, 3, 4, 80, 0}}},
		{possession{2, 50, false}, possession{}, []move{{CauseExpired, 7, 3, 2, -50, 0}}},
	} {
		if got := movesOf(c.was, c.is, ev); !slices.Equal(got, c.want) {
			t.Errorf("%+v → %+v: %+v", c.was, c.is, got)
		}
	}
}

// wholeDay holds the file of the newest day to the published snapshot: page by page it says
// of every transformer what the bytes under the published hash say.
func (r *rig) wholeDay(t *testing.T) {
	t.Helper()
	last := r.lastPublication(t)
	var lines []TrafoLine
	var pub Publication
	for p := (Page{Limit: 1}); ; {
		list, of, err := r.TransformersOfDay(t.Context(), aiqyn.Actor{}, last.Day, p)
		if err != nil {
			t.Fatal(err)
		}
		lines, pub = append(lines, list.Items...), of
		if p.After = list.Next; p.After == "" {
			break
		}
	}
	data, err := r.db.Snapshot(t.Context(), pub.Hash)
	if err != nil || hexSum(data) != pub.Hash {
		t.Fatalf("the snapshot of the day: %v", err)
	}
	var said publication
	if err := json.Unmarshal(data, &said); err != nil || len(lines) == 0 || !reflect.DeepEqual(lines, said.Trafos) {
		t.Errorf("the file has %+v, the snapshot %+v, %v", lines, said.Trafos, err)
	}
	if _, _, err := r.TransformersOfDay(t.Context(), aiqyn.Actor{}, "1999-01-01", Page{}); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a day without a publication: %v", err)
	}
}
