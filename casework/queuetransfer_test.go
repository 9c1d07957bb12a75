package casework

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// forgedTransfer is an operator's: somebody comes to a region without having left one, or
// leaves one and comes to none, or to one that is called another.
type forgedTransfer struct {
	onCase
	out, in bool
}

func (c *forgedTransfer) decide(t *turn) error {
	q := t.rec.state.Queue
	if c.out {
		out := t.emit(EventTransferredOut, c.actor, &transferredOut{Groups: q.Groups, Region: "710000000"}, atStep("offer"))
		if c.in {
			t.emit(EventTransferredIn, c.actor, &transferredIn{
				Answers: map[string]string{"first": "kg-9"}, First: q.First, From: out.index, Groups: []string{"kg-9/kk-2023"}, Region: "750000000"}, atStep("offer"))
		}
		return nil
	}
	t.emit(EventTransferredIn, aiqyn.System, &transferredIn{
		Answers: map[string]string{"first": "kg-9"}, First: q.First.AddDate(-1, 0, 0), From: q.Entered, Groups: []string{"kg-9/kk-2023"}, Region: "110000000"}, atStep("offer"))
	return nil
}

// TestATransferKeepsTheDate: a move to another region is two entries; position and
// date come from the first entry, the next process reads the same, the audit and the
// rebuild find it sound, and a move that nobody made is named.
func TestATransferKeepsTheDate(t *testing.T) {
	r := nursery(t, 1, 5)
	r.register(registry.KindergartenRegister, "kg-9", registry.Institution{ID: "kg-9", Title: aiqyn.Text{KK: "9", RU: "9", EN: "9"}, Region: "110000000",
		Groups: []registry.PlaceGroup{{ID: "kk-2023", Places: 50, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}}}})
	r.reports(1, 0)
	r.reports(9, 1)
	moved := r.queueUp(0, 1)
	r.pass(time.Hour)
	other := r.queueUp(1, 9)
	r.pass(time.Hour)
	first := r.view(moved).Queue.First
	r.must(TransferQueue{ID: r.id(), Actor: payer(childOf(0)), Ref: moved, Answers: map[string]string{"first": "kg-9"}})
	check := func() {
		t.Helper()
		v := r.view(moved)
		q := v.Queue
		if !q.First.Equal(first) || len(q.Transfers) != 1 || q.Transfers[0].Came != q.Transfers[0].Left+1 || q.Lines[0].Group.ID != "kg-9/kk-2023" || q.Lines[0].Position != 1 {
			t.Errorf("who moved is %+v", q)
		}
		if l := r.view(other).Queue.Lines[0]; l.Position != 2 {
			t.Errorf("the other stands at %d", l.Position)
		}
	}
	check()
	moves, err := r.PositionHistory(t.Context(), payer(childOf(1)), other, "kg-9/kk-2023", Page{})
	if err != nil || len(moves.Items) != 2 || !moves.Items[1].Own || moves.Items[0].Own || moves.Items[0].Kind != EventTransferredIn {
		t.Errorf("the other is told %+v, %v", moves.Items, err)
	}
	// Each of the two has its receipt, and the second names the first.
	transfer := r.view(moved).Queue.Transfers[0]
	for _, entry := range []int64{transfer.Left, transfer.Came} {
		receipt, err := r.Receipt(t.Context(), payer(childOf(0)), entry)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := r.Check(t.Context(), receipt); err != nil || v.Index != entry {
			t.Errorf("the receipt of entry %d: %+v, %v", entry, v, err)
		}
		if cites := fmt.Sprintf(`"from":%d,`, transfer.Left); entry == transfer.Came && !strings.Contains(strings.ReplaceAll(string(receipt), `\"`, `"`), cites) {
			t.Errorf("the second entry does not cite the first, by %s:\n%s", cites, receipt)
		}
	}
	r.reopen()
	check()
	holdRound(r)
	if q := r.stateOf(moved); q.State != QueueOffered {
		t.Errorf("after the round who moved is %s", q.State)
	}
	r.sound()
	if rep := r.rebuild(); rep.Differed != 0 || len(rep.Problems) > 0 {
		t.Errorf("the rebuild says %+v", rep)
	}
	r.open()
	refs := []aiqyn.Reference{r.queueUp(2, 1), r.queueUp(3, 1), r.queueUp(4, 1)}
	for i, forged := range []struct {
		forgedTransfer
		finds string
	}{
		{forgedTransfer{in: true}, "without having left another"},
		{forgedTransfer{out: true}, "leaves a region without coming to another"},
		{forgedTransfer{out: true, in: true}, "names another region"},
	} {
		c := forged.forgedTransfer
		c.onCase = onCase{cid: r.id(), actor: payer(childOf(2 + i)), ref: refs[i], no: r.stateOfCase(refs[i]).No}
		if _, err := r.send(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
		r.auditFinds(forged.finds)
	}
}

// stateOfCase is a case as it stands.
func (r *rig) stateOfCase(ref aiqyn.Reference) *State {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	return rec.state
}
