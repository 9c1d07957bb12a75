package casework

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/service"
)

// The scorecard counts what the log has: grants, grants at a dearer point, and how
// transformers are known; once a publication.
func TestScorecard(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepTwoPoints(120)
	ctx := t.Context()
	ref := r.toConditions(holder, plot, 50)
	far := r.view(ref).Ruling.Points.Feasible[1]
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true, Point: far.ID, PointReason: "route-closed", PointLetter: evidence.HashOf([]byte("a letter"))})
	if _, err := r.PublishCapacity(ctx); err != nil {
		t.Fatal(err)
	}
	card, err := r.exactCard("")
	if err != nil {
		t.Fatal(err)
	}
	if card.Granted != 1 || card.Dearer != 1 || card.Refused != 0 || card.Rejected != 0 {
		t.Errorf("%+v", card)
	}
	if n := card.Measured + card.Estimated + card.Unknown; n == 0 || n != int64(card.Count) {
		t.Errorf("%d transformers of %d", n, card.Count)
	}
	if again, err := r.exactCard("energy.connection"); err != nil || !reflect.DeepEqual(again, card) {
		t.Errorf("again %+v, %v", again, err)
	}
	if water, err := r.exactCard("water.connection"); err != nil || water.Network || water.Granted != 0 || water.Measured != 0 || len(water.Others) != len(card.Others) {
		t.Errorf("of the water utility %+v, %v", water, err)
	}
	if _, err := r.Scorecard(ctx, "land.boundary"); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("of no utility: %v", err)
	}
}

// Grants by silence and contradictions are counted, and the audit holds the grant to the
// entry that says nobody has answered.
func TestScorecardCountsSilenceAndFlips(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	c := imported("1")
	c.Outcome = aiqyn.Refused
	r.must(c)
	ref := r.toConditions(holder, plot, 60)
	r.pass(20 * 24 * time.Hour)
	if v := r.view(ref); v.Conditions == nil || !v.Conditions.BySilence {
		t.Fatalf("it is %s", v.Outcome)
	}
	if _, err := r.PublishCapacity(t.Context()); err != nil {
		t.Fatal(err)
	}
	card, err := r.exactCard("")
	if err != nil || card.Silent != 1 || card.Flips != 1 || card.Granted != 1 {
		t.Errorf("%+v, %v", card, err)
	}
	r.wantClean()
}

// Late are granted and refused cases alone, each once: neither what is still open nor what
// was withdrawn, though a step of both was handed up; and silence is no answer.
func TestScorecardCountsLateCases(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	want := func(ended, escalated, silent, late int64) {
		t.Helper()
		if _, err := r.PublishCapacity(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.raw("CREATE TABLE kept_applicant AS SELECT no, applicant FROM cases")
		r.raw("UPDATE cases SET applicant = " + r.bytesOf("'person ' || no")) // cases are counted, as if of as many people
		card, err := r.exactCard("")
		r.raw("UPDATE cases SET applicant = (SELECT applicant FROM kept_applicant WHERE kept_applicant.no = cases.no)")
		r.raw("DROP TABLE kept_applicant")
		if err != nil || card.Granted+card.Refused != ended || card.Escalated != escalated || card.Silent != silent || card.Late != late {
			t.Errorf("%d ended, %d handed up, %d silent, %d late: %+v, %v", ended, escalated, silent, late, card, err)
		}
	}
	r.granted(holder, "99-999-002-002", 21)
	want(1, 0, 0, 0)
	open, gone, both := r.file(stranger, plot, 22), r.file(stranger, "99-999-002-001", 23), r.file(holder, "99-999-002-001", 24)
	r.toConditions(holder, plot, 25) // nobody will answer
	r.pass(20 * 24 * time.Hour)
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: gone})
	want(2, 3, 1, 1)
	r.must(r.surveyFor(both, head))
	r.pass(20 * 24 * time.Hour) // handed up, and then silence: late once
	want(3, 3, 2, 2)
	if v := r.view(open); v.Outcome != "" || !slices.Contains(kinds(v), EventEscalated) {
		t.Errorf("the open case: %s, %v", v.Outcome, kinds(v))
	}
	r.wantClean()
	r.rebuild()
	r.open()
	want(3, 3, 2, 2)
}

// exactCard is a scorecard as it is counted up to today, before it is rounded.
func (r *rig) exactCard(id aiqyn.ServiceID) (Scorecard, error) {
	r.t.Helper()
	card, err := r.Scorecard(r.t.Context(), id)
	if err != nil {
		return card, err
	}
	card.Until = r.today().AddDays(1)
	for _, n := range []*int64{&card.Granted, &card.Refused, &card.Escalated, &card.Late, &card.Rejected, &card.Dearer, &card.Silent, &card.Flips} {
		*n = 0
	}
	return card, r.countCases(r.t.Context(), &card)
}

// TestScorecardsBesideEachOther: whoever holds the scorecard of one day against that of the
// next, or against the releases, learns of nobody's outcome. Until the month is over nothing
// of it is counted, and then full tens.
func TestScorecardsBesideEachOther(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	told := func() (granted, kept int64) {
		t.Helper()
		if _, err := r.PublishCapacity(t.Context()); err != nil {
			t.Fatal(err)
		}
		card, err := r.Scorecard(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return card.Granted, card.Kept
	}
	r.granted(holder, "99-999-002-002", 1)
	const columns = "service, object, filing, filed, key, status, outcome, body, step, officer, due, wake, closed, seq, state"
	another := func(n int) { // alike in all that is counted, of another person
		r.raw(fmt.Sprintf("INSERT INTO cases (no, ref, applicant, %s) SELECT no + 1000 + %d, ref || '-%d', %s, %s FROM cases WHERE no = 1", columns, n, n, r.blob(fmt.Sprint("person ", n)), columns))
	}
	for n := range 10 {
		if granted, kept := told(); granted != Few || kept != Few {
			t.Fatalf("after %d within the month: %d, %d", n+1, granted, kept)
		}
		another(n + 1)
		r.pass(24 * time.Hour)
	}
	r.at(almaty(t, "2026-07-01 10:00"))
	if n, kept := told(); n != 10 || kept != Few {
		t.Errorf("once the month is over: %d, %d", n, kept)
	}
	r.raw("UPDATE cases SET closed = closed + 2592000000000 WHERE no > 1005")
	r.at(almaty(t, "2026-07-02 10:00")) // counted once a publication
	if n, kept := told(); n != Few || kept != Few {
		t.Errorf("of those that were decided by then: %d, %d", n, kept)
	}
	for n, want := range map[int64]int64{0: Few, 1: Few, 9: Few, 10: 10, 19: 10, 20: 20} {
		if got := inTens(n); got != want {
			t.Errorf("%d is told as %d", n, got)
		}
	}
}

// TestNobodyBringsAScorecardToTheEdge: who has nineteen granted cases beside those of
// others is one of them, and sees in no number whether somebody else's is the twentieth.
// Erased cases are somebody's each, and none is told of a few.
func TestNobodyBringsAScorecardToTheEdge(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.granted(holder, "99-999-002-002", 1)
	const columns = "service, object, filing, filed, key, status, outcome, body, step, officer, due, wake, closed, seq, state"
	n := 0
	another := func(whose string) {
		n++
		r.raw(fmt.Sprintf("INSERT INTO cases (no, ref, applicant, %s) SELECT no + 1000 + %d, ref || '-%d', %s, %s FROM cases WHERE no = 1", columns, n, n, whose, columns))
	}
	for range 18 {
		another("applicant")
	}
	r.at(almaty(t, "2026-07-01 10:00"))
	exact := func() int64 {
		t.Helper()
		card := Scorecard{Service: r.Pack().Services[slices.IndexFunc(r.Pack().Services, func(s *service.Service) bool { return s.ID == "energy.connection" })], Until: mustDate(t, "2026-06-30")}
		if err := r.countCases(t.Context(), &card); err != nil {
			t.Fatal(err)
		}
		return card.Granted
	}
	if got := exact(); got != 1 {
		t.Errorf("nineteen cases of one person are %d", got)
	}
	for i := range 9 {
		another(r.blob(fmt.Sprintf("somebody else %d", i)))
	}
	if got := exact(); got != 10 {
		t.Errorf("with nine others' they are %d", got)
	}
	r.raw("UPDATE cases SET applicant = '', closed = 0, status = 'erased' WHERE no > 1019 AND no < 1023")
	if got := exact(); got != 10 {
		t.Errorf("once three of them are erased they are %d", got)
	}
	for _, c := range []struct{ granted, refused, late, want int64 }{
		{10, 0, 0, Few}, {99, 9, 0, Few}, {100, 0, 0, 90}, {109, 9, 9, 90}, {109, 9, 10, 80}, {95, 25, 0, 90}, {1000, 0, 0, 99}, {100, 0, 100, 0},
	} {
		if got := inTime(c.granted, c.refused, c.late); got != c.want {
			t.Errorf("of %d and %d, %d of them late, in time are %d, want %d", c.granted, c.refused, c.late, got, c.want)
		}
	}
}

// bytesOf has both engines make bytes of an expression that gives text.
func (r *rig) bytesOf(text string) string {
	if onServer {
		return "convert_to(" + text + ", 'UTF8')"
	}
	return "CAST(" + text + " AS BLOB)"
}

// blob writes bytes as both engines read them in a statement.
func (r *rig) blob(text string) string {
	if onServer {
		return fmt.Sprintf(`'\x%x'::bytea`, text)
	}
	return fmt.Sprintf("x'%x'", text)
}
