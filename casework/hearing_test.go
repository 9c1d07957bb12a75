package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
)

const (
	hearingOfPack = "  notice: {days: 3, calendar: working}\n  object: {days: 2, calendar: working}\n  law: {act: K2000000350, article: 73,"
	waived        = "      hearing: {waived: true, law: {act: P080000116_, from: 2008-02-07, status: confirmed}}\n"
)

// scholarship is asked for by somebody who studies nowhere: a rule refuses it.
func (r *rig) scholarship(person aiqyn.PersonID) aiqyn.Reference {
	r.t.Helper()
	return r.must(File{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}, Service: "study.scholarship", Lang: "kk", Channel: "online"}).Ref
}

// TestHearingOfThePack: no service of the pack writes it, and nobody is refused without.
// Another pack's hearing is for who files from then on.
func TestHearingOfThePack(t *testing.T) {
	r := newRig(t)
	old := r.scholarship(stranger)
	h := r.view(old).Hearing
	if h == nil || h.Law.Article != "73" || h.Text.KK == "" || !h.RefuseNot.Before(almaty(t, "2026-06-05 00:00")) || !h.ObjectBy.Before(almaty(t, "2026-06-04 00:00")) {
		t.Fatalf("heard by %+v", h)
	}
	r.publish(r.edited("kz/pack.yaml", hearingOfPack, "  notice: {days: 6, calendar: working}\n  object: {days: 5, calendar: working}\n  law: {act: K2000000350, article: 73,"), "2026-06-05")
	r.at(almaty(t, "2026-06-05 10:00"))
	if v := r.view(old); v.Outcome != aiqyn.Refused {
		t.Errorf("under the pack it was filed under: %v", kinds(v))
	}
	later := r.scholarship(holder)
	r.at(almaty(t, "2026-06-12 10:00"))
	if v := r.view(later); v.Outcome != "" || v.Status != StatusHearing {
		t.Errorf("under another pack: %v", kinds(v))
	}
	r.at(almaty(t, "2026-06-18 10:00"))
	if v := r.view(later); v.Outcome != aiqyn.Refused {
		t.Errorf("under another pack, heard: %v", kinds(v))
	}
	r.wantClean()
}

// TestHearingWaived: where a law says that nobody is heard, a rule refuses at once, and an
// officer with one signature; both can be appealed against.
func TestHearingWaived(t *testing.T) {
	r := bareRig(t, start)
	r.shut()
	r.files = r.edited("study.scholarship/service.yaml", "      decides: true\n", "      decides: true\n"+waived)
	r.files = r.edited("energy.connection/service.yaml", "      decides: true\n", "      decides: true\n"+waived)
	r.open()
	r.seed()
	r.keepNetwork()
	ref := r.scholarship(stranger)
	v := r.view(ref)
	if v.Outcome != aiqyn.Refused || slices.Contains(kinds(v), EventNotified) || v.AppealBy.IsZero() {
		t.Errorf("by rule: %v, appeal by %v", kinds(v), v.AppealBy)
	}
	ref = r.toConditions(stranger, plot, 150)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"})
	if v := r.view(ref); v.Outcome != aiqyn.Refused || slices.Contains(kinds(v), EventNotified) {
		t.Errorf("by an officer: %v", kinds(v))
	}
	r.wantClean()
}

// TestTheAuditOfHearings: a refusal without notice, on another reason than was told, before
// the hearing was over, or after one that was too short.
func TestTheAuditOfHearings(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.toConditions(stranger, plot, 150)
	refuse := func() {
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"})
	}
	refuse()
	r.at(almaty(t, "2026-06-05 10:00"))
	refuse()
	r.wantClean()
	unheard := func(list []*event) []*event {
		return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventNotified })
	}
	r.forgedAs("no notice", 1, unheard, "a refusal without a hearing on its reason")
	r.forgedAs("another reason", 1, each(func(d *notified) { d.Reason = "no-capacity" }), "a refusal without a hearing on its reason")
	r.forgedAs("too short", 1, each(func(d *notified) { d.RefuseFrom = d.RefuseFrom.Add(-24 * time.Hour) }), "a hearing of another length")
	r.forgedAs("nothing to object in", 1, each(func(d *notified) { d.ObjectBy = d.ObjectBy.Add(-24 * time.Hour) }), "a hearing of another length")
	early := func(list []*event) []*event {
		for _, ev := range list {
			if d, ok := ev.data.(*notified); ok {
				d.RefuseFrom = almaty(t, "2026-06-05 12:00")
			}
		}
		return list
	}
	r.forgedAs("before it was over", 1, early, "a refusal before its hearing was over")
}
